/// What a file of a split set says about its place in it.
///
/// Specification: `spec/container.md`, clause C23.
public struct SplitPosition: Sendable, Hashable {
  /// The key of ``index``.
  public static let indexKey = "split.no"
  /// The key of ``count``.
  public static let countKey = "split.count"
  /// The key of ``tensorCount``.
  public static let tensorCountKey = "split.tensors.count"

  /// The place of the file in the set, from 0.
  public var index: Int
  /// The number of files in the set.
  public var count: Int
  /// The tensors of all files together; `nil` where the file does not say.
  public var tensorCount: Int?

  /// Describes a place in a set.
  public init(index: Int, count: Int, tensorCount: Int? = nil) {
    self.index = index
    self.count = count
    self.tensorCount = tensorCount
  }

  /// Reads the split keys; `nil` where the metadata has no `split.count`.
  ///
  /// - Throws: `SCHEMA` where a key is of another type than an integer, or a number makes no sense.
  public init?(_ metadata: Metadata) throws(ContainerError) {
    guard let count = try metadata.integer(Self.countKey) else { return nil }
    let index = try metadata.integer(Self.indexKey) ?? 0
    let tensorCount = try metadata.integer(Self.tensorCountKey)
    func check(_ isRight: Bool, _ key: String, _ found: Int, _ expected: String) throws(ContainerError) {
      guard isRight else {
        throw ContainerError(
          .splitPosition, at: metadata.offset(of: key), .key(key), found: "\(found)", expected: expected)
      }
    }
    // Some writers leave a count of 0 in a file that is not split.
    try check(count >= 0, Self.countKey, count, "a number of files")
    try check((0..<max(count, 1)).contains(index), Self.indexKey, index, "less than \(max(count, 1))")
    try check((tensorCount ?? 0) >= 0, Self.tensorCountKey, tensorCount ?? 0, "a number of tensors")
    self.init(index: index, count: count, tensorCount: tensorCount)
  }

  /// Sets the split keys, with the types that common readers insist on: `UINT16`, `UINT16` and `INT32`.
  ///
  /// - Precondition: the numbers fit those types.
  public func store(in metadata: inout Metadata) {
    metadata[Self.indexKey] = .uint16(UInt16(index))
    metadata[Self.countKey] = .uint16(UInt16(count))
    metadata[Self.tensorCountKey] = tensorCount.map { .int32(Int32($0)) }
  }
}
