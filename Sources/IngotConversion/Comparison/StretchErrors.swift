import IngotEncodings

/// All that is measured of consecutive values of one tensor.
///
/// What follows is appended in the order of the values, so that the sums do not depend on who was done first.
struct StretchErrors: Sendable {
  /// The errors, row by row.
  var rows = RowErrors()
  /// The errors by their weights; 0 of a tensor that has none.
  var weighted = WeightedError()
  /// How many errors there are of each size, if they are counted.
  var levels: ErrorLevels?

  /// Adds what follows.
  mutating func append(_ next: Self) {
    rows.append(next.rows)
    weighted += next.weighted
    guard let more = next.levels else { return }
    if levels == nil { levels = more } else { levels? += more }
  }
}
