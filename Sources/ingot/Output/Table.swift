import IngotContainer

/// Rows of text in aligned columns.
struct Table {
  enum Alignment { case left, right }

  private let titles: [String]
  private let alignments: [Alignment]
  /// The titles of columns that a narrow terminal does without, the first to go first.
  private let expendable: [String]
  private var rows: [[String]] = []

  /// Columns go rather than that names become shorter than this.
  private static let readableWidth = 24

  /// Starts a table with a title and an alignment for each column.
  init(_ columns: (title: String, alignment: Alignment)...) { self.init(columns) }

  /// Starts a table of which a narrow terminal shows fewer columns.
  ///
  /// - Parameter expendable: The titles of columns that may go, the first to go first.
  init(_ columns: [(title: String, alignment: Alignment)], expendable: [String] = []) {
    self.expendable = expendable
    titles = columns.map(\.title)
    alignments = columns.map(\.alignment)
  }

  /// Adds a row with a cell for each column; names from files cannot steer the terminal.
  mutating func append(_ cells: String...) { append(cells) }

  /// Adds a row with a cell for each column.
  mutating func append(_ cells: [String]) { rows.append(cells.map(\.escaped)) }

  /// Prints the table, each line after `indent` spaces.
  func show(indent: Int = 0) {
    let space = String(repeating: " ", count: indent)
    for line in lines(width: Terminal.outputWidth.map { $0 - indent }) { print(space + line) }
  }

  /// The lines of the table; where they would be wider than `width`, columns and the first column's middle give way.
  func lines(width: Int?) -> [String] {
    let all = [titles] + rows
    var widths = titles.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
    var shown = Array(titles.indices)
    func excess() -> Int { shown.reduce(2 * (shown.count - 1)) { $0 + widths[$1] } - (width ?? .max) }
    for title in expendable where excess() > max(widths[0] - Self.readableWidth, 0) {
      shown.removeAll { titles[$0] == title }
    }
    if excess() > 0 { widths[0] = max(12, widths[0] - excess()) }
    return all.map { row in
      let cells = shown.map { Self.fit(row[$0], widths[$0], alignments[$0]) }
      return Self.trimmingEnd(cells.joined(separator: "  "))
    }
  }

  /// Pads `text` to `width`, or leaves out its middle: names differ at both ends.
  private static func fit(_ text: String, _ width: Int, _ alignment: Alignment) -> String {
    guard text.count <= width else {
      let tail = (width - 1) / 2
      return text.prefix(width - 1 - tail) + "…" + text.suffix(tail)
    }
    let space = String(repeating: " ", count: width - text.count)
    return alignment == .left ? text + space : space + text
  }

  private static func trimmingEnd(_ line: String) -> String {
    var line = Substring(line)
    while line.last == " " { line.removeLast() }
    return String(line)
  }
}
