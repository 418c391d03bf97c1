import IngotContainer
import IngotConversion

/// Rows of two files beside each other.
struct RowComparisonReport: Encodable {
  struct Row: Encodable {
    let row: Int
    let errors: ComparisonSummary.Errors
    let reference: [Float]
    let other: [Float]
  }

  let tensor: String
  let shape: [Int]
  let referenceType: String
  let otherType: String
  let rows: [Row]

  /// The values of a row that are shown to people.
  private static let shownValues = 4

  init(_ comparison: RowComparison) {
    tensor = comparison.reference.name
    shape = comparison.reference.shape
    referenceType = comparison.reference.type.name
    otherType = comparison.other.type.name
    rows = comparison.rows.map {
      Row(row: $0.index, errors: .init($0.measure), reference: $0.reference, other: $0.other)
    }
  }

  func show(asJSON: Bool) throws {
    if asJSON { return print(try JSONText.of(self)) }
    print("\(tensor.escaped), \(Format.shape(shape)): \(referenceType) as the reference, \(otherType)")
    var table = Table(
      ("row", .right), ("type", .left), ("values", .left), ("rms error", .right), ("relative", .right),
      ("SNR dB", .right), ("cosine", .right))
    for row in rows {
      table.append("\(row.row)", referenceType, Self.excerpt(row.reference), "", "", "", "")
      table.append(
        "", otherType, Self.excerpt(row.other), Format.measure(row.errors.rootMeanSquareError),
        Format.percent(row.errors.relativeError), row.errors.decibels,
        Format.fixed(row.errors.cosineSimilarity, 6))
    }
    table.show()
  }

  private static func excerpt(_ values: [Float]) -> String {
    let shown = values.prefix(shownValues).map { value in
      let text = Format.fixed(Double(value), 6)
      return String(repeating: " ", count: max(0, 9 - text.count)) + text
    }
    return shown.joined(separator: " ") + (values.count > shownValues ? " …" : "")
  }
}
