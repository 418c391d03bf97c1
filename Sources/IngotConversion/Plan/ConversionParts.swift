import IngotContainer
import IngotEncodings

/// A plan cut into the files of a split set.
///
/// The cuts depend on the plan and the number of parts alone, so that each part can be made on another machine, in any order.
///
/// Specification: `spec/conversion.md`, clause V5.
public struct ConversionParts: Sendable {
  private let whole: ConversionPlan
  /// The tensors of each part, by their places in the plan.
  public let ranges: [Range<Int>]

  /// The number of parts.
  public var count: Int { ranges.count }
  /// The most parts of a set, as the metadata of its files can state it.
  public static let largestCount = 65_535

  /// Cuts a plan where its bytes divide the most evenly, and each part has a tensor at least.
  ///
  /// - Throws: ``ConversionError`` `LAYOUT` where the plan has fewer tensors than there are to be parts.
  /// - Precondition: `count` is from 1 to ``largestCount``, and the plan is no part itself.
  /// - Complexity: O(*n*) in the number of tensors.
  public init(of plan: ConversionPlan, count: Int) throws(ConversionError) {
    precondition((1...Self.largestCount).contains(count) && plan.position == nil, "no such parts")
    guard count <= plan.tensors.count else {
      throw ConversionError(
        .layout,
        "\(plan.tensors.count.counted("tensor")) cannot be cut into \(count.counted("file")): each has at least one"
      )
    }
    whole = plan
    var ranges: [Range<Int>] = []
    // The bytes of all tensors before `end`.
    var (end, byteCount) = (0, UInt64(0))
    for index in 1..<max(count, 1) {
      let start = end
      let aim = Self.share(index, of: count, plan.header.dataByteCount)
      let latest = plan.tensors.count - (count - index)
      while end < latest {
        let next = byteCount + plan.paddedByteCount(ofTensorAt: end)
        // At least one tensor; then as long as that does not lead further away.
        guard end == start || next <= aim || next == byteCount || next - aim < aim - min(aim, byteCount)
        else { break }
        (end, byteCount) = (end + 1, next)
      }
      ranges.append(start..<end)
    }
    ranges.append(end..<plan.tensors.count)
    self.ranges = ranges
  }

  /// The plan of a part.
  ///
  /// The first part has all metadata, the others just what places them in the set.
  ///
  /// - Throws: `ContainerError` where the metadata does not fit into the container.
  /// - Precondition: `index` is less than `count`.
  /// - Complexity: O(*n*) in the number of tensors of the part.
  public func plan(_ index: Int) throws -> ConversionPlan {
    let position = SplitPosition(index: index, count: count, tensorCount: whole.tensors.count)
    var metadata = index == 0 ? whole.header.metadata : Metadata().aligned(to: whole.header.alignment)
    position.store(in: &metadata)
    let tensors = whole.header.tensors[ranges[index]]
    var draft = try HeaderDraft(for: metadata, expectedCount: tensors.count)
    for tensor in tensors { try draft.append((tensor.name, tensor.dimensions, tensor.encoding)) }
    return ConversionPlan(
      part: ranges[index], of: whole, header: try draft.header(with: metadata), at: position)
  }

  /// `index` / `count` of a number.
  private static func share(_ index: Int, of count: Int, _ total: UInt64) -> UInt64 {
    UInt64(count).dividingFullWidth(total.multipliedFullWidth(by: UInt64(index))).quotient
  }
}

extension ConversionPlan {
  /// The bytes that a tensor takes in the output, with its padding.
  func paddedByteCount(ofTensorAt index: Int) -> UInt64 {
    let byteCount = UInt64(tensors.byteCount(at: index))
    return byteCount + header.paddingByteCount(after: byteCount)
  }
}
