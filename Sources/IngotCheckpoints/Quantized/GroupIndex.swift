import IngotContainer
import IngotEncodings

/// Which group of inputs a column of weights belongs to, and so which scale.
///
/// Specification: `spec/quantized.md`, clause Q1.4.
struct GroupIndex: Sendable {
  /// The group of each column, where it is stated; else groups follow each other.
  private let indices: CheckpointTensor?
  /// The columns of a group that follow each other.
  let size: Int
  /// The number of groups.
  let count: Int

  /// - Parameters:
  ///   - name: Of the tensor that states the groups, if there is one.
  ///   - size: The columns of a group, as the configuration states them; `nil` for one group.
  ///   - columns: The number of columns, above zero.
  ///   - count: The number of groups that there are scales for.
  ///   - scales: The tensor with the scales, to blame.
  init(
    named name: String, size: Int?, columns: Int, count: Int, scales: CheckpointTensor,
    of source: QuantizedSource
  ) throws {
    self.size = min(size ?? columns, columns)
    self.count = count
    indices = source.tensor(name)
    guard let indices else {
      let expected = (columns - 1) / self.size + 1
      guard count == expected else {
        throw source.misfit(
          scales,
          expected:
            "scales for \(expected.counted("group")) of \(self.size), for \(columns.counted("input"))"
        )
      }
      return
    }
    guard indices.type == .int32, indices.shape == [columns] else {
      throw source.misfit(indices, expected: "I32 [\(columns)], the group of each input")
    }
    guard count <= columns else {
      throw source.misfit(
        scales, expected: "scales for at most \(columns.counted("group")), as many as there are inputs")
    }
    guard count <= Self.limit else {
      throw source.fault(
        .limit, scales, found: "scales for \(count.counted("group")) in any order",
        expected: "at most \(Self.limit)")
    }
  }

  /// The most groups that stand in any order: the scales of all are held at once.
  static let limit = 1 << 16

  /// The group of each of some columns.
  ///
  /// - Throws: ``CheckpointError/Code/value`` at a number of a group that there is not.
  func groups(of columns: Range<Int>, from source: QuantizedSource) throws -> [Int] {
    guard let indices else { return columns.map { $0 / size } }
    let numbers: [Int32] = try source.integers(indices, columns)
    // Compressed-tensors leaves it filled with -1 where groups follow each other.
    if numbers.allSatisfy({ $0 == -1 }), (columns.upperBound - 1) / size < count {
      return columns.map { $0 / size }
    }
    return try zip(columns, numbers).map { column, number in
      guard number >= 0, Int(number) < count else {
        throw source.fault(
          .value, indices, byte: 4 * column, found: "the group \(number)",
          expected: "a number below \(count), the groups that have scales")
      }
      return Int(number)
    }
  }

  /// What the groups are, in words.
  var words: String { count == 1 ? "one group" : "groups of \(size)" }
}
