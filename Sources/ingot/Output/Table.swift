import IngotContainer

/// Rows of text in aligned columns.
///
/// Where they would be wider than the terminal, first the last column gives way if it may, then columns that are not needed go, then
/// long names lose their middle, down to ``readableWidth``. What does not fit even then is wider than the terminal.
struct Table {
  enum Alignment { case left, right }

  /// What becomes of the last column where a terminal has no room for it.
  enum LastColumn {
    /// It is shown whole.
    case whole
    /// It loses its end.
    case cut
    /// It goes on in the next line.
    case wrapped
  }

  private let titles: [String]
  private let alignments: [Alignment]
  /// The titles of columns that a narrow terminal does without, the first to go first.
  private let expendable: [String]
  private let lastColumn: LastColumn
  private var rows: [[String]] = []
  /// More rows, which are made each time that they are asked for.
  private let lazyRows: AnySequence<[String]>

  /// Columns go rather than that names become shorter than this: most names of checkpoints are whole.
  private static let comfortableWidth = 48
  /// No name becomes shorter than this.
  private static let readableWidth = 24
  /// The last column does not become narrower than this.
  private static let leastLastWidth = 20
  /// No cell is padded to more than this: one long name would make each line as long.
  private static let largestPadding = 256

  /// Starts a table with a title and an alignment for each column.
  init(_ columns: (title: String, alignment: Alignment)...) { self.init(columns) }

  /// Starts a table of which a narrow terminal shows fewer columns.
  ///
  /// - Parameters:
  ///   - expendable: The titles of columns that may go, the first to go first.
  ///   - lastColumn: How the last column, if its alignment is the left one, gives way.
  init(
    _ columns: [(title: String, alignment: Alignment)], expendable: [String] = [],
    lastColumn: LastColumn = .whole
  ) {
    self.init(columns, expendable: expendable, lastColumn: lastColumn, rows: EmptyCollection())
  }

  /// Starts a table whose rows are made twice, to be measured and to be printed: no more than one is in memory.
  ///
  /// - Parameters:
  ///   - expendable: The titles of columns that may go, the first to go first.
  ///   - lastColumn: How the last column, if its alignment is the left one, gives way.
  ///   - rows: A cell for each column; it can be gone through twice.
  init(
    _ columns: [(title: String, alignment: Alignment)], expendable: [String] = [],
    lastColumn: LastColumn = .whole, rows: some Collection<[String]>
  ) {
    self.expendable = expendable
    lazyRows = AnySequence(rows)
    titles = columns.map(\.title)
    alignments = columns.map(\.alignment)
    let isText = columns.count > 1 && alignments.last == .left
    self.lastColumn = isText ? lastColumn : .whole
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

  /// The lines of the table for a terminal of that width, or for none.
  func lines(width: Int?) -> [String] {
    var lines: [String] = []
    forEachLine(width: width) { lines.append($0) }
    return lines
  }

  private func forEachLine(width: Int?, _ body: (String) -> Void) {
    var widths = titles.map(\.columnCount)
    forEachRow { row in
      for column in titles.indices { widths[column] = max(widths[column], row[column].columnCount) }
    }
    let shown = fit(&widths, into: width)
    func line(_ row: [String]) {
      guard let last = shown.last else { return }
      let start = shown.dropLast().map { column in
        row[column].fitted(
          to: widths[column], isRight: alignments[column] == .right, isCut: width != nil)
      }
      for (index, text) in pieces(row[last], last, widths[last], isCut: width != nil).enumerated() {
        let cells =
          index == 0 ? start : zip(start, shown).map { String(repeating: " ", count: widths[$1]) }
        body((cells + [text]).joined(separator: "  ").trimmingEnd())
      }
    }
    line(titles)
    forEachRow(line)
  }

  /// The columns that are shown; makes those narrower that give way.
  private func fit(_ widths: inout [Int], into width: Int?) -> [Int] {
    var shown = Array(titles.indices)
    guard let width else {
      widths = widths.map { min($0, Self.largestPadding) }
      return shown
    }
    func excess() -> Int { max(0, shown.reduce(2 * (shown.count - 1)) { $0 + widths[$1] } - width) }
    let last = titles.count - 1
    let least = max(titles[last].columnCount, Self.leastLastWidth)
    let elastic = lastColumn == .whole ? 0 : max(0, widths[last] - least)
    let cuttable = max(0, widths[0] - Self.comfortableWidth)
    for title in expendable where excess() > elastic + cuttable { shown.removeAll { titles[$0] == title } }
    if lastColumn != .whole { widths[last] -= min(elastic, excess()) }
    widths[0] -= min(excess(), max(0, widths[0] - Self.readableWidth))
    return shown
  }

  /// The lines that the cell of the last column takes.
  private func pieces(_ text: String, _ column: Int, _ width: Int, isCut: Bool) -> [String] {
    switch lastColumn {
    case .cut where isCut && text.columnCount > width: [text.prefix(width - 1) + "…"]
    case .wrapped where isCut: text.wrapped(to: width)
    default: [text.fitted(to: width, isRight: alignments[column] == .right, isCut: isCut)]
    }
  }

  private func forEachRow(_ body: ([String]) -> Void) {
    rows.forEach(body)
    for row in lazyRows { body(row.map(\.escaped)) }
  }
}
