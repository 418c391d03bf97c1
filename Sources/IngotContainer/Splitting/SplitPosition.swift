/// What a file of a split set says about its place in it.
///
/// Specification: `spec/container.md`, clause C22.
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
  /// - Throws: `SCHEMA` where a key is of another type than an integer, or the place is not within the set.
  public init?(_ metadata: Metadata) throws(ContainerError) {
    guard let count = try metadata.integer(Self.countKey) else { return nil }
    let index = try metadata.integer(Self.indexKey) ?? 0
    let tensorCount = try metadata.integer(Self.tensorCountKey)
    guard count >= 0, index >= 0, index < max(count, 1) else {
      throw ContainerError(
        .schema, at: metadata.offset(of: Self.indexKey), .key(Self.indexKey),
        found: "file \(index) of \(count)", expected: "a place within the set")
    }
    self.init(index: index, count: count, tensorCount: tensorCount)
  }
}
