import IngotCheckpoints
import IngotContainer
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

  /// The most values that are compared at once: those of both files are kept.
  private static let mostValues = 4_000_000

  /// Opens both files and decodes the rows, and nothing else.
  ///
  /// - Parameters:
  ///   - reference: The path of the reference.
  ///   - other: The path of the other file.
  ///   - tensor: The name of the tensor in both.
  ///   - rows: The rows.
  ///   - dictionary: As that of ``ComparedCheckpoints``.
  /// - Throws: ``ConversionError`` where a file has no such tensor or too few rows, the shapes differ, or the rows
  ///   have more than 4,000,000 values; the errors of opening and reading.
  public init(
    _ reference: FilePath, _ other: FilePath, tensor: String, rows: Range<Int>, dictionary: String? = nil
  ) throws {
    let pair = try ComparedCheckpoints(reference, other, dictionary: dictionary)
    let tensor = (pair.reference as? DerivedCheckpoint)?.resolved(tensor) ?? tensor
    let left = try TensorValues(pair.reference, tensor: tensor, reference)
    let right = try TensorValues(pair.other, tensor: tensor, other)
    guard left.valueShape == right.valueShape else {
      throw ConversionError(
        .noSuchTensor, tensor: tensor,
        "\(tensor.quoted) has the shape \(left.valueShape) in one file and \(right.valueShape) in the other")
    }
    let valueCount = try left.elements(ofRows: rows).count
    guard valueCount <= Self.mostValues else {
      throw ConversionError(
        .limit, tensor: tensor,
        "the rows of \(tensor.quoted) have \(valueCount.counted("value")), too many to show: choose fewer rows, or compare it whole"
      )
    }
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
