/// A tensor that a model of an architecture has, with its shape in one file.
///
/// Specification: `spec/metadata.md`, clause M9.
public struct ExpectedTensor: Sendable, Hashable {
  /// The whole name, such as `blk.0.attn_q.weight`.
  public let name: String
  /// The dimensions, the one that runs fastest first; `nil` where the file lacks a number that they follow
  /// from, or any shape is right.
  public let shape: [Int]?
  /// Whether a model needs it.
  public let presence: TensorTemplate.Presence
  /// What it is made from.
  public let template: TensorTemplate

  /// Whether dimensions are those expected; a 1 at their end says nothing.
  public func accepts(_ dimensions: [Int]) -> Bool {
    guard let shape else { return true }
    return Self.significant(dimensions) == Self.significant(shape)
  }

  private static func significant(_ dimensions: [Int]) -> ArraySlice<Int> {
    dimensions[..<((dimensions.lastIndex { $0 != 1 } ?? -1) + 1)]
  }
}
