/// The second moments of what the columns of a tensor are multiplied with: H = E[aaᵀ], a square matrix.
///
/// With the error e of a row, eᵀHe is the mean square of the error that the row makes in its product with a. The
/// diagonal alone is an importance; the rest says how far the error of one column can make up for that of another.
///
/// A value of this type holds H and its factors, 8 bytes for each number of H, and may be shared by threads.
///
/// Specification: `spec/encodings.md`, clause E40. Papers: QuIP (Chee et al. 2023, arXiv:2307.13304) for the factors,
/// GPTQ (Frantar et al. 2022, arXiv:2210.17323) for the damping.
public struct SecondMoments: Sendable {
  /// The number of columns of the tensor, and of rows and columns of the matrix.
  public let columnCount: Int
  /// Whether no two columns are correlated, so that there is nothing to make up for.
  public let isDiagonal: Bool

  /// H · 2^-exponent on and above the diagonal; below it the factors R of clause E40.3.
  let matrix: [Double]
  /// The mean square of each column that the later ones leave unexplained: D of clause E40.3.
  let variances: [Double]
  /// The power of two that was taken out, so that the largest mean square is in [1, 2).
  let exponent: Int

  /// Checks and factors a matrix.
  ///
  /// - Parameters:
  ///   - values: The matrix, row by row.
  ///   - columnCount: The number of its rows, and of its columns.
  /// - Throws: ``SecondMomentsError`` for the first number in the order of rows that is not finite, negative on the
  ///   diagonal or asymmetric, and for a matrix that is not positive semidefinite, even if damped.
  /// - Precondition: `values.count == columnCount * columnCount`, and `columnCount` is at least 1.
  /// - Complexity: O(*n*³) in the number of columns.
  public init(_ values: consuming [Double], columnCount: Int) throws(SecondMomentsError) {
    precondition(columnCount > 0 && values.count == columnCount * columnCount, "the matrix is not square")
    var matrix = values
    try Self.checkNumbers(matrix, columnCount)
    var largest = 0.0
    for column in 0..<columnCount { largest = max(largest, matrix[column * columnCount + column]) }
    // The exponent is bounded so that the factor is a number.
    exponent = largest > 0 ? max(-1000, min(1000, Int(largest.exponent))) : 0
    isDiagonal = try Self.makeSymmetric(&matrix, columnCount, factor: Self.power(-exponent))
    variances = isDiagonal ? [] : try Self.factor(&matrix, columnCount)
    self.matrix = matrix
    self.columnCount = columnCount
  }

  /// The diagonal, as weights of the columns.
  var weights: [Float] { (0..<columnCount).map { Float(matrix[$0 * columnCount + $0]) } }

  static func power(_ exponent: Int) -> Double {
    Double(sign: .plus, exponent: exponent, significand: 1)
  }
}

extension SecondMoments {
  private static func checkNumbers(_ matrix: [Double], _ count: Int) throws(SecondMomentsError) {
    for row in 0..<count {
      for column in 0..<count {
        let value = matrix[row * count + column]
        guard value.isFinite else {
          throw SecondMomentsError(.notFinite, row: row, column: column, value: value)
        }
        guard row != column || value >= 0 else {
          throw SecondMomentsError(.negative, row: row, column: column, value: value)
        }
      }
    }
  }

  /// Scales the matrix and makes its two sides equal; returns whether there is nothing but the diagonal.
  private static func makeSymmetric(
    _ matrix: inout [Double], _ count: Int, factor: Double
  ) throws(SecondMomentsError) -> Bool {
    let deviations = (0..<count).map { (matrix[$0 * count + $0] * factor).squareRoot() }
    var isDiagonal = true
    for row in 0..<count {
      matrix[row * count + row] *= factor
      for column in (row + 1)..<count {
        let above = matrix[row * count + column] * factor
        let below = matrix[column * count + row] * factor
        let bound = deviations[row] * deviations[column]
        guard (above - below).magnitude <= bound * 0x1p-10 || above == below else {
          throw SecondMomentsError(
            .asymmetric, row: row, column: column, value: matrix[row * count + column])
        }
        let mean = above / 2 + below / 2
        // No correlation is above 1; a little room for moments that were rounded to sixteen bits.
        guard mean.magnitude <= bound * 1.0625 else {
          throw SecondMomentsError(
            .indefinite, row: row, column: column, value: matrix[row * count + column])
        }
        matrix[row * count + column] = mean
        matrix[column * count + row] = mean
        if mean != 0 { isDiagonal = false }
      }
    }
    return isDiagonal
  }
}
