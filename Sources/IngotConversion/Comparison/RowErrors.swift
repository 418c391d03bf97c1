import IngotEncodings

/// The error of consecutive values of one tensor, and the worst of its rows, in constant memory.
///
/// Stretches begin and end anywhere, so the row at either end may be a part; the parts of a row are joined when the
/// stretches are appended in their order.
struct RowErrors: Sendable {
  private var total = ErrorMeasure()
  private var worst: TensorComparison.WorstRow?
  /// The rows at the two ends that are not whole, in order: at most two.
  private var parts: [(row: Int, measure: ErrorMeasure)] = []

  /// Adds a row or a part of one.
  mutating func append(_ measure: ErrorMeasure, row: Int, isWhole: Bool) {
    total += measure
    if isWhole { consider(measure, row) } else { parts.append((row, measure)) }
  }

  /// Adds what follows.
  mutating func append(_ next: RowErrors) {
    total += next.total
    if let candidate = next.worst { consider(candidate) }
    for part in next.parts {
      if let last = parts.last, last.row == part.row {
        parts[parts.count - 1].measure += part.measure
      } else {
        closeParts()
        parts.append(part)
      }
    }
  }

  /// The error of the whole tensor and its worst row.
  mutating func finish() -> (total: ErrorMeasure, worst: TensorComparison.WorstRow?) {
    closeParts()
    return (total, worst)
  }

  private mutating func closeParts() {
    for part in parts { consider(part.measure, part.row) }
    parts = []
  }

  private mutating func consider(_ measure: ErrorMeasure, _ row: Int) {
    consider(TensorComparison.WorstRow(index: row, relativeError: measure.relativeError))
  }

  private mutating func consider(_ candidate: TensorComparison.WorstRow) {
    guard let current = worst else { return worst = candidate }
    let isWorse = candidate.relativeError > current.relativeError
    let isEarlier = candidate.relativeError == current.relativeError && candidate.index < current.index
    if isWorse || isEarlier { worst = candidate }
  }
}
