import IngotContainer
import IngotConversion
import SystemPackage

/// Values of a tensor for machines: a row is an array.
struct ExtractReport: Encodable {
  let tensor: String
  let type: String
  let shape: [Int]
  let firstRow: Int
  let rows: [[JSONValue]]

  init(_ values: TensorValues, elements: Range<Int>) throws {
    tensor = values.name
    type = values.type.name
    shape = values.shape
    let length = values.rowLength
    firstRow = length == 0 ? 0 : elements.lowerBound / length
    rows = try stride(from: elements.lowerBound, to: elements.upperBound, by: max(length, 1)).map {
      try values.numbers($0..<($0 + length)).map { JSONValue($0) }
    }
  }
}

/// The beginning of a tensor's rows for people.
struct ExtractExcerpt {
  private static let shownRows = 8
  private static let shownColumns = 8

  private let values: TensorValues
  private let elements: Range<Int>

  init(_ values: TensorValues, elements: Range<Int>) {
    self.values = values
    self.elements = elements
  }

  func show() throws {
    print("\(values.name.escaped): \(values.type.name), \(Format.shape(values.shape))")
    let length = values.rowLength
    guard length > 0, !elements.isEmpty else { return print("no values") }
    let columns = min(length, Self.shownColumns)
    let first = elements.lowerBound / length
    let count = elements.count / length
    for row in first..<(first + min(count, Self.shownRows)) {
      let numbers = try values.numbers(row * length..<(row * length + columns))
      let text = numbers.map(Self.cell).joined(separator: " ")
      print("row \(row): \(text)\(length > columns ? " …" : "")")
    }
    if count > Self.shownRows { print("… \(Format.count(count - Self.shownRows, "more row"))") }
    if length > columns {
      print("\(Format.count(length, "value")) in a row; all of them: --json, or -o values.npy")
    }
  }

  private static func cell(_ number: TensorNumber) -> String {
    let text =
      switch number {
      case .boolean(let truth): "\(truth)"
      case .signed(let value): "\(value)"
      case .unsigned(let value): "\(value)"
      case .single(let value): Format.measure(Double(value))
      case .double(let value): Format.measure(value)
      }
    return String(repeating: " ", count: max(0, 10 - text.count)) + text
  }
}

/// What `ingot extract -o` says when it is done.
struct ExtractSummary: LineReport {
  let output: String
  let tensor: String
  /// The type in the file that was read, and in the one that was written.
  let type: String
  let writtenType: String
  /// The shape of what was written, slowest dimension first.
  let shape: [Int]
  let firstRow: Int
  let byteCount: UInt64

  init(_ values: TensorValues, _ export: TensorExport, rows: Range<Int>?, output: FilePath, byteCount: UInt64)
  {
    self.output = output.string
    tensor = values.name
    type = values.type.name
    writtenType = export.valueType.name
    shape = export.shape
    firstRow = rows?.lowerBound ?? 0
    self.byteCount = byteCount
  }

  var lines: [String] {
    let change = writtenType == type ? "" : " as \(writtenType)"
    return ["\(output.escaped): \(type), \(Format.shape(shape))\(change), \(Format.bytes(byteCount))"]
  }
}
