import IngotEncodings
import SystemPackage

/// Some rows of one tensor in two files, decoded on demand.
public struct RowComparison: Sendable {
  /// One row in both files.
  public struct Row: Sendable {
    /// The position of the row in the tensor.
    public let index: Int
    /// The values of the reference.
    public let reference: [Float]
    /// The values of the other file.
    public let other: [Float]
    /// The error of the row.
    public let measure: ErrorMeasure
  }

  /// The tensor of the reference.
  public let reference: TensorValues
  /// The tensor of the other file.
  public let other: TensorValues
  /// The rows.
  public let rows: [Row]

  /// Opens both files and decodes the rows, and nothing else.
  ///
  /// - Throws: ``ConversionError`` where a file has no such tensor or too few rows, or the shapes differ; the errors of
  ///   opening and reading.
  public init(_ reference: FilePath, _ other: FilePath, tensor: String, rows: Range<Int>) throws {
    let left = try TensorValues(opening: reference, tensor: tensor)
    let right = try TensorValues(opening: other, tensor: tensor)
    guard left.shape == right.shape else {
      throw ConversionError(
        .noSuchTensor, tensor: tensor,
        "\"\(tensor)\" has the shape \(left.shape) in one file and \(right.shape) in the other")
    }
    _ = try left.elements(ofRows: rows)
    self.reference = left
    self.other = right
    self.rows = try rows.map { row in
      let elements = try left.elements(ofRows: row..<(row + 1))
      let expected = try Self.values(left, elements)
      let found = try Self.values(right, elements)
      return Row(
        index: row, reference: expected, other: found,
        measure: ErrorMeasure(reference: expected.span, other: found.span))
    }
  }

  private static func values(_ tensor: TensorValues, _ elements: Range<Int>) throws -> [Float] {
    var values = [Float](repeating: 0, count: elements.count)
    var span = values.mutableSpan
    try tensor.decode(elements, into: &span)
    return values
  }
}
