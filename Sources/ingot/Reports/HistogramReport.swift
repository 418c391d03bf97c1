import IngotEncodings

/// How many errors there are of each size.
struct HistogramReport: Encodable {
  /// The level of the first of the counts, in steps of 1.5 dB.
  let lowestLevel: Int
  /// The errors of this level and of those above.
  let counts: [Int]
  /// Values without an error.
  let equal: Int
  /// Errors where all of the reference is zero.
  let unscaled: Int

  private let histogram: ErrorHistogram

  private enum CodingKeys: String, CodingKey { case lowestLevel, counts, equal, unscaled }

  /// The most levels or runs of levels that are drawn: they and the table fit a terminal.
  private static let mostRows = 24
  private static let unscaledLabel = "reference is 0"
  /// The length of a bar where there is no terminal.
  private static let usualBar = 40

  init(_ histogram: ErrorHistogram) {
    self.histogram = histogram
    lowestLevel = histogram.lowestLevel
    counts = histogram.counts
    equal = histogram.equalCount
    unscaled = histogram.unscaledCount
  }

  func show() {
    for line in lines(width: Terminal.outputWidth) { print(line) }
  }

  /// The drawing, as wide as a terminal.
  func lines(width: Int?) -> [String] {
    guard histogram.valueCount > 0 else { return ["", "no errors to draw: no real numbers were compared"] }
    let rows = rows
    let most = rows.map(\.count).max() ?? 0
    // Beside the bar stand three columns with their gaps, of which the widest are these.
    let used =
      2 + 6 + max(rows.map(\.label.count).max() ?? 0, Self.unscaledLabel.count) + Format.percent(1).count
      + max(Format.count(histogram.valueCount).count, "values".count)
    let length = width.map { min(max($0 - used, 8), 80) } ?? Self.usualBar
    var table = Table(("error", .right), ("share", .right), ("values", .right), ("", .left))
    if unscaled > 0 { append(to: &table, Self.unscaledLabel, unscaled, "") }
    for row in rows.reversed() {
      append(to: &table, row.label, row.count, Self.bar(row.count, of: most, length: length))
    }
    if equal > 0 { append(to: &table, "none", equal, "") }
    return ["", "errors relative to the root mean square of the tensor", quantiles]
      + table.lines(width: nil).map { "  " + $0 }
  }

  private func append(to table: inout Table, _ label: String, _ count: Int, _ bar: String) {
    let share = Format.percent(Double(count) / Double(histogram.valueCount))
    table.append(label, share, Format.count(count), bar)
  }

  /// Runs of levels that have a bar, from the lowest.
  private var rows: [(label: String, count: Int)] {
    guard !counts.isEmpty else { return [] }
    // Small errors halve from step to step without an end, so the last thousandth of the values shares a row.
    let thousandth = counts.reduce(0, +) / 1000
    var below = 0
    let first = counts.firstIndex { count in
      below += count
      return below > thousandth
    }
    let start = lowestLevel + (first ?? 0)
    let end = lowestLevel + counts.count
    var levelsPerRow = 1
    while (end - start) / levelsPerRow >= Self.mostRows { levelsPerRow *= 2 }
    var rows: [(label: String, count: Int)] = []
    var lower = Self.floor(start, levelsPerRow)
    let rest = counts.prefix(max(lower - lowestLevel, 0)).reduce(0, +)
    if rest > 0 { rows.append(("below \(Self.edge(lower)) dB", rest)) }
    while lower < end {
      let upper = lower + levelsPerRow
      let range = max(lower - lowestLevel, 0)..<min(upper - lowestLevel, counts.count)
      rows.append(("\(Self.edge(lower)) to \(Self.edge(upper)) dB", counts[range].reduce(0, +)))
      lower = upper
    }
    return rows
  }

  /// Below which sizes most of the values are.
  private var quantiles: String {
    let shares = [(0.5, "half"), (0.99, "99 %"), (1, "all")].compactMap { share, name in
      let edge = histogram.quantile(share)
      return edge.isFinite ? "\(name) below \(Format.fixed(edge, 1)) dB" : nil
    }
    if shares.isEmpty { return unscaled > 0 ? "relative to 0, so of no size" : "none: all values are equal" }
    return shares.joined(separator: ", ")
  }

  private static func edge(_ level: Int) -> String {
    Format.fixed(Double(level) * ErrorHistogram.decibelsPerLevel, 1)
  }

  /// The greatest multiple of `step` that is not above `level`.
  private static func floor(_ level: Int, _ step: Int) -> Int {
    let remainder = level % step
    return level - (remainder < 0 ? remainder + step : remainder)
  }

  /// A bar in eighths of a character; what is there can be seen.
  static func bar(_ count: Int, of most: Int, length: Int) -> String {
    guard count > 0, most > 0 else { return "" }
    let eighths = max(1, Int((Double(count) / Double(most) * Double(length * 8)).rounded()))
    let parts = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]
    return String(repeating: "█", count: eighths / 8) + parts[eighths % 8]
  }
}
