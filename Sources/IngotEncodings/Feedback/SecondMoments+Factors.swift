extension SecondMoments {
  /// The shares of the mean of the diagonal that are added to it, one after the other until the factors exist.
  static let dampings = [0.01, 0.1, 1]

  /// The rows of factors that are applied to all others at once, while those are in the cache.
  private static let panel = 32

  /// Writes the factors R below the diagonal and returns D, so that damped H = RᵀDR with ones on R's diagonal.
  ///
  /// Each number is the result of the same operations in the same order on every machine.
  static func factor(_ matrix: inout [Double], _ count: Int) throws(SecondMomentsError) -> [Double] {
    var mean = 0.0
    for column in 0..<count { mean += matrix[column * count + column] }
    mean /= Double(count)
    var failed = 0
    for damping in dampings {
      var variances = [Double](repeating: 0, count: count)
      let column = matrix.withUnsafeMutableBufferPointer { matrix in
        variances.withUnsafeMutableBufferPointer { variances -> Int? in
          guard let matrix = matrix.baseAddress, let variances = variances.baseAddress else { return 0 }
          return factor(matrix, variances, count, damping: damping * mean)
        }
      }
      guard let column else { return variances }
      failed = column
    }
    throw SecondMomentsError(
      .indefinite, row: failed, column: failed, value: matrix[failed * count + failed])
  }

  /// Returns the column at which it fails, or `nil` if it does not.
  private static func factor(
    _ matrix: UnsafeMutablePointer<Double>, _ variances: UnsafeMutablePointer<Double>, _ count: Int,
    damping: Double
  ) -> Int? {
    for row in 0..<count {
      variances[row] = matrix[row &* count &+ row] + damping
      for column in 0..<row { matrix[row &* count &+ column] = matrix[column &* count &+ row] }
    }
    for end in stride(from: count, to: 0, by: -panel) {
      let start = max(0, end - panel)
      for source in (start..<end).reversed() {
        let variance = variances[source]
        // What is left of a semidefinite matrix is never below the damping.
        guard variance >= damping / 2 else { return source }
        let factors = matrix + source &* count
        for column in 0..<source { factors[column] /= variance }
        for row in start..<source { subtract(source, from: row, matrix, variances, count) }
      }
      for row in 0..<start {
        for source in (start..<end).reversed() { subtract(source, from: row, matrix, variances, count) }
      }
    }
    return nil
  }

  /// Takes out of a row, and its variance, what a later column explains.
  @inline(__always)
  private static func subtract(
    _ source: Int, from row: Int, _ matrix: UnsafeMutablePointer<Double>,
    _ variances: UnsafeMutablePointer<Double>, _ count: Int
  ) {
    let factors = matrix + source &* count
    let target = matrix + row &* count
    let share = factors[row] * variances[source]
    for column in 0..<row { target[column] -= share * factors[column] }
    variances[row] -= share * factors[row]
  }
}
