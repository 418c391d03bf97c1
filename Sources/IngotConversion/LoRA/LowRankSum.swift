import IngotCheckpoints

/// Rows of scale · B·A, or of its transpose, in single precision.
///
/// Specification: `spec/adapters.md`, clause D3.
struct LowRankSum {
  private let pair: LoRAAdapter.Pair
  private let inputs: FloatReader
  private let outputs: FloatReader

  /// The values of B that are in memory at once, of the transpose.
  private static let stretch = 1 << 16

  init(_ pair: LoRAAdapter.Pair, _ checkpoint: any Checkpoint) {
    self.pair = pair
    inputs = FloatReader(checkpoint, pair.inputs)
    outputs = FloatReader(checkpoint, pair.outputs)
  }

  /// The values of a rectangle, row by row.
  func values(_ rows: Range<Int>, _ columns: Range<Int>) throws -> [Float] {
    var sum = [Float](repeating: 0, count: rows.count * columns.count)
    try sum.withUnsafeMutableBufferPointer { sum in
      try pair.isTransposed ? addTransposed(rows, columns, to: sum) : add(rows, columns, to: sum)
      for index in sum.indices { sum[index] *= pair.scale }
    }
    return sum
  }

  /// Row by row of A: the row i of B·A is the sum of B[i, j] times the row j of A.
  private func add(
    _ rows: Range<Int>, _ columns: Range<Int>, to sum: UnsafeMutableBufferPointer<Float>
  ) throws {
    let (rank, width) = (pair.rank, columns.count)
    var factors: [Float] = []
    try outputs.withValues(rows.lowerBound * rank..<rows.upperBound * rank) { factors = Array($0) }
    for term in 0..<rank {
      let start = term * pair.shape[1]
      try inputs.withValues(start + columns.lowerBound..<start + columns.upperBound) { values in
        for row in 0..<rows.count {
          let factor = factors[row * rank + term]
          let target = UnsafeMutableBufferPointer(rebasing: sum[row * width..<(row + 1) * width])
          for column in target.indices { target[column] += factor * values[column] }
        }
      }
    }
  }

  /// Some columns at a time: the value [i, k] of the transpose is the sum of A[j, i] times B[k, j].
  private func addTransposed(
    _ rows: Range<Int>, _ columns: Range<Int>, to sum: UnsafeMutableBufferPointer<Float>
  ) throws {
    let rank = pair.rank
    var factors = [Float](repeating: 0, count: rows.count * rank)
    for term in 0..<rank {
      let start = term * pair.inputs.shape[1]
      try inputs.withValues(start + rows.lowerBound..<start + rows.upperBound) { values in
        for row in values.indices { factors[row * rank + term] = values[row] }
      }
    }
    let step = max(1, Self.stretch / rank)
    for first in stride(from: columns.lowerBound, to: columns.upperBound, by: step) {
      let last = min(first + step, columns.upperBound)
      try outputs.withValues(first * rank..<last * rank) { values in
        for row in 0..<rows.count {
          for column in first..<last {
            var total: Float = 0
            for term in 0..<rank {
              total += factors[row * rank + term] * values[(column - first) * rank + term]
            }
            sum[row * columns.count + column - columns.lowerBound] = total
          }
        }
      }
    }
  }
}
