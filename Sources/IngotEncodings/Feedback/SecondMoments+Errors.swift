extension SecondMoments {
  /// eᵀHe · 2^-exponent, of H as it was given.
  func error(of errors: [Double]) -> Double {
    matrix.withUnsafeBufferPointer { matrix in
      errors.withUnsafeBufferPointer { errors in
        guard let matrix = matrix.baseAddress, let errors = errors.baseAddress else { return 0 }
        var sum = 0.0
        for row in 0..<columnCount {
          let start = matrix + row &* (columnCount &+ 1)
          let later = isDiagonal ? 0 : Self.dot(start + 1, errors + row + 1, columnCount &- row &- 1)
          sum += errors[row] * (start[0] * errors[row] + 2 * later)
        }
        return sum
      }
    }
  }

  /// What the errors of a range of columns make a later column's target less by: Σ R·e.
  @inline(__always)
  func feedback(of errors: [Double], in range: Range<Int>, to column: Int) -> Double {
    matrix.withUnsafeBufferPointer { matrix in
      errors.withUnsafeBufferPointer { errors in
        guard let matrix = matrix.baseAddress, let errors = errors.baseAddress else { return 0 }
        let factors = matrix + column &* columnCount
        return Self.dot(factors + range.lowerBound, errors + range.lowerBound, range.count)
      }
    }
  }

  /// An error in units of the matrix that was given.
  func restored(_ error: Double) -> Double { error * Self.power(exponent) }

  /// The sum of products, in eight sums that are added up at the end: an order that all machines keep.
  @inline(__always)
  private static func dot(
    _ first: UnsafePointer<Double>, _ second: UnsafePointer<Double>, _ count: Int
  ) -> Double {
    var lanes = SIMD8<Double>.zero
    let whole = count & ~7
    for index in stride(from: 0, to: whole, by: 8) {
      let left = UnsafeRawPointer(first + index).loadUnaligned(as: SIMD8<Double>.self)
      let right = UnsafeRawPointer(second + index).loadUnaligned(as: SIMD8<Double>.self)
      lanes += left * right
    }
    var sum = ScaledBlock.total(lanes)
    for index in whole..<count { sum += first[index] * second[index] }
    return sum
  }
}
