import IngotContainer

/// Rows of text in aligned columns.
struct Table {
  enum Alignment { case left, right }

  private let titles: [String]
  private let alignments: [Alignment]
  /// The titles of columns that a narrow terminal does without, the first to go first.
  private let expendable: [String]
  private var rows: [[String]] = []
  /// More rows, which are made each time that they are asked for.
  private let lazyRows: AnySequence<[String]>

  /// Columns go rather than that names become shorter than this.
  private static let readableWidth = 24
  /// No cell is padded to more than this: one long name would make each line as long.
  private static let largestPadding = 256

  /// Starts a table with a title and an alignment for each column.
  init(_ columns: (title: String, alignment: Alignment)...) { self.init(columns) }

  /// Starts a table of which a narrow terminal shows fewer columns.
  ///
  /// - Parameter expendable: The titles of columns that may go, the first to go first.
  init(_ columns: [(title: String, alignment: Alignment)], expendable: [String] = []) {
    self.init(columns, expendable: expendable, rows: EmptyCollection())
  }

  /// Starts a table whose rows are made twice, to be measured and to be printed: no more than one is in memory.
  ///
  /// - Parameters:
  ///   - expendable: The titles of columns that may go, the first to go first.
  ///   - rows: A cell for each column; it can be gone through twice.
  init(
    _ columns: [(title: String, alignment: Alignment)], expendable: [String] = [],
    rows: some Collection<[String]>
  ) {
    self.expendable = expendable
    lazyRows = AnySequence(rows)
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
    forEachLine(width: Terminal.outputWidth.map { $0 - indent }) { print(space + $0) }
  }

  /// The lines of the table; where they would be wider than `width`, columns and the first column's middle give way.
  func lines(width: Int?) -> [String] {
    var lines: [String] = []
    forEachLine(width: width) { lines.append($0) }
    return lines
  }

  private func forEachLine(width: Int?, _ body: (String) -> Void) {
    var widths = titles.map(Self.width)
    forEachRow { row in
      for column in titles.indices { widths[column] = max(widths[column], Self.width(row[column])) }
    }
    var shown = Array(titles.indices)
    func excess() -> Int { shown.reduce(2 * (shown.count - 1)) { $0 + widths[$1] } - (width ?? .max) }
    for title in expendable where excess() > max(widths[0] - Self.readableWidth, 0) {
      shown.removeAll { titles[$0] == title }
    }
    if excess() > 0 { widths[0] = max(12, widths[0] - excess()) }
    if width == nil { widths = widths.map { min($0, Self.largestPadding) } }
    func line(_ row: [String]) {
      let cells = shown.map { Self.fit(row[$0], widths[$0], alignments[$0], isCut: width != nil) }
      body(Self.trimmingEnd(cells.joined(separator: "  ")))
    }
    line(titles)
    forEachRow(line)
  }

  private func forEachRow(_ body: ([String]) -> Void) {
    rows.forEach(body)
    for row in lazyRows { body(row.map(\.escaped)) }
  }

  /// The characters of a text without control characters.
  private static func width(_ text: String) -> Int {
    // Most text by far: no look for what belongs together.
    text.utf8.allSatisfy { $0 < 0x80 } ? text.utf8.count : text.count
  }

  /// Pads `text` to `width`; of one that is longer leaves out the middle, if it may be cut: names differ at both ends.
  private static func fit(_ text: String, _ width: Int, _ alignment: Alignment, isCut: Bool) -> String {
    let ownWidth = Self.width(text)
    guard ownWidth <= width else {
      guard isCut else { return text }
      let tail = (width - 1) / 2
      return text.prefix(width - 1 - tail) + "…" + text.suffix(tail)
    }
    let space = String(repeating: " ", count: width - ownWidth)
    return alignment == .left ? text + space : space + text
  }

  private static func trimmingEnd(_ line: String) -> String {
    var line = Substring(line)
    while line.last == " " { line.removeLast() }
    return String(line)
  }
}
