/// How far values are from the values that they stand for.
///
/// Sums run in Float64, so that a billion values lose nothing that matters; parts that were measured apart merge
/// with `+`. A pair with NaN or infinity on either side would turn every measure into NaN, so it is counted apart.
///
/// With the reference *r* and the other values *o*, both finite, over *n* pairs:
///
/// | measure | formula |
/// | --- | --- |
/// | ``meanSquaredError`` | Σ(o − r)² / n |
/// | ``rootMeanSquareError`` | √(Σ(o − r)² / n) |
/// | ``relativeError`` | √(Σ(o − r)² / Σr²) |
/// | ``signalToNoiseRatio`` | 10·log₁₀(Σr² / Σ(o − r)²) |
/// | ``cosineSimilarity`` | Σr·o / √(Σr² · Σo²) |
public struct ErrorMeasure: Sendable, Hashable {
  /// Pairs of finite values.
  public private(set) var count = 0
  /// Pairs in which a value is NaN or infinite.
  public private(set) var nonFiniteCount = 0
  /// Of those, the pairs that are not the same infinity twice or NaN twice.
  public private(set) var nonFiniteMismatchCount = 0
  /// Σ(o − r)².
  public private(set) var squaredError = 0.0
  /// Σr².
  public private(set) var squaredReference = 0.0
  /// Σo².
  public private(set) var squaredOther = 0.0
  /// Σr·o.
  public private(set) var dot = 0.0
  /// The largest |o − r|.
  public private(set) var largestAbsoluteError = 0.0

  /// A measure of no values.
  public init() {}

  /// The measure of one run of values against its reference.
  ///
  /// - Precondition: Both have the same number of values.
  public init(reference: Span<Float>, other: Span<Float>) {
    add(reference: reference, other: other)
  }

  /// Adds a run of values and its reference.
  ///
  /// - Precondition: Both have the same number of values.
  /// - Complexity: O(*n*); nothing is allocated.
  public mutating func add(reference: Span<Float>, other: Span<Float>) {
    precondition(reference.count == other.count, "the values and their reference differ in number")
    reference.withUnsafeBufferPointer { reference in
      other.withUnsafeBufferPointer { other in
        // Float32 squares do not overflow Float64, so a sum that is not finite tells of a value that is not.
        var start = 0
        while start < reference.count {
          let range = start..<min(start + 512, reference.count)
          var part = ErrorMeasure()
          part.addFinite(reference, other, range)
          if !(part.squaredReference + part.squaredOther).isFinite {
            part = ErrorMeasure()
            for index in range { part.add(reference[index], other[index]) }
          }
          self += part
          start = range.upperBound
        }
      }
    }
  }

  /// Adds the pairs of a range as if all were finite, in four sums that are independent of each other.
  private mutating func addFinite(
    _ reference: UnsafeBufferPointer<Float>, _ other: UnsafeBufferPointer<Float>, _ range: Range<Int>
  ) {
    var squaredErrors = SIMD4<Double>.zero
    var squaredReferences = SIMD4<Double>.zero
    var squaredOthers = SIMD4<Double>.zero
    var dots = SIMD4<Double>.zero
    var largest = SIMD4<Double>.zero
    func lanes(_ values: UnsafeBufferPointer<Float>, _ index: Int) -> SIMD4<Double> {
      SIMD4(
        Double(values[index]), Double(values[index &+ 1]), Double(values[index &+ 2]),
        Double(values[index &+ 3]))
    }
    var index = range.lowerBound
    while index &+ 4 <= range.upperBound {
      let left = lanes(reference, index)
      let right = lanes(other, index)
      let error = right - left
      squaredErrors += error * error
      squaredReferences += left * left
      squaredOthers += right * right
      dots += left * right
      let magnitude = error.replacing(with: -error, where: error .< 0)
      largest.replace(with: magnitude, where: magnitude .> largest)
      index &+= 4
    }
    squaredError = squaredErrors.sum()
    squaredReference = squaredReferences.sum()
    squaredOther = squaredOthers.sum()
    dot = dots.sum()
    largestAbsoluteError = largest.max()
    count = index - range.lowerBound
    for index in index..<range.upperBound { add(reference[index], other[index]) }
  }

  /// Adds one pair.
  private mutating func add(_ reference: Float, _ other: Float) {
    guard reference.isFinite && other.isFinite else {
      nonFiniteCount += 1
      if reference != other && !(reference.isNaN && other.isNaN) { nonFiniteMismatchCount += 1 }
      return
    }
    let left = Double(reference)
    let right = Double(other)
    let error = right - left
    count += 1
    squaredError += error * error
    squaredReference += left * left
    squaredOther += right * right
    dot += left * right
    largestAbsoluteError = max(largestAbsoluteError, error.magnitude)
  }

  /// The measure of two disjoint sets of values together.
  public static func + (left: Self, right: Self) -> Self {
    var sum = left
    sum += right
    return sum
  }

  /// Takes in the measure of other values.
  public static func += (left: inout Self, right: Self) {
    left.count += right.count
    left.nonFiniteCount += right.nonFiniteCount
    left.nonFiniteMismatchCount += right.nonFiniteMismatchCount
    left.squaredError += right.squaredError
    left.squaredReference += right.squaredReference
    left.squaredOther += right.squaredOther
    left.dot += right.dot
    left.largestAbsoluteError = max(left.largestAbsoluteError, right.largestAbsoluteError)
  }
}

extension ErrorMeasure {
  /// The mean of the squared differences; 0 of no values.
  public var meanSquaredError: Double { count == 0 ? 0 : squaredError / Double(count) }

  /// The root of the mean of the squared differences, in the unit of the values; 0 of no values.
  public var rootMeanSquareError: Double { meanSquaredError.squareRoot() }

  /// The length of the difference as a part of the length of the reference.
  ///
  /// 0 where nothing differs, infinity where all of the reference is zero and something differs.
  public var relativeError: Double {
    squaredError == 0 ? 0 : (squaredError / squaredReference).squareRoot()
  }

  /// The cosine of the angle between the values and their reference, from -1 to 1.
  ///
  /// 1 where both are zero throughout, 0 where one of them is.
  public var cosineSimilarity: Double {
    if squaredReference == 0 || squaredOther == 0 { return squaredReference == squaredOther ? 1 : 0 }
    // Two roots, since the product of the sums can overflow or underflow.
    let cosine = dot / (squaredReference.squareRoot() * squaredOther.squareRoot())
    return min(1, max(-1, cosine))
  }
}
