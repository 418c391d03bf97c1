import IngotCheckpoints
import IngotEncodings

/// A tensor that becomes one for each number of its first dimension.
struct UnstackedTensor: Sendable {
  /// In a list, which all that are made of it share.
  private let sources: [CheckpointTensor]
  /// What stands before, between and after the numbers in the name of each.
  private let nameParts: [String]
  /// How many it becomes.
  let count: Int
  /// The dimensions of each, slowest first.
  let shape: [Int]
  /// The rows of each; of a list each value counts as one.
  private let rowCount: Int

  /// - Parameters:
  ///   - tensor: What is stacked.
  ///   - pattern: The name of each with `{expert}` for its number.
  /// - Returns: `nil` where the rows of all cannot be counted.
  /// - Precondition: The tensor has at least two dimensions.
  init?(_ tensor: CheckpointTensor, named pattern: String) {
    precondition(tensor.shape.count > 1, "nothing is stacked")
    sources = [tensor]
    nameParts = pattern.split(separator: "{expert}", omittingEmptySubsequences: false).map(String.init)
    count = tensor.shape[0]
    shape = Array(tensor.shape.dropFirst())
    guard let size = shape.count == 1 ? shape[0] : Checked.product(of: shape.dropLast()),
      Checked.product(count, size) != nil
    else { return nil }
    rowCount = size
  }

  /// The name in the output of one of them.
  func name(at number: Int) -> String { nameParts.joined(separator: "\(number)") }

  /// The tensor of a number.
  subscript(number: Int) -> DerivedTensor {
    let order = RowOrder.groups(
      source: count * rowCount, offset: number * rowCount, stride: 1, count: rowCount)
    return DerivedTensor(
      label: "\(sources[0].name)[\(number)]", name: name(at: number), shape: shape, type: sources[0].type,
      origin: shape.count == 1 ? .elements(sources, order) : .rows(sources, order),
      change: "number \(number + 1) of \(count)")
  }
}
