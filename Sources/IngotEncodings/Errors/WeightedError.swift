/// How far values are from their reference where each error counts as much as its weight says.
///
/// With the reference *r*, the other values *o* and the weights *w*: Σw·(o − r)² and Σw·r², over the pairs in which both
/// are finite. Parts that were measured apart merge with `+=`.
///
/// Specification: `spec/command.md`, clause K5.2.
public struct WeightedError: Sendable, Hashable {
  /// Σw·(o − r)².
  public private(set) var squaredError = 0.0
  /// Σw·r².
  public private(set) var squaredReference = 0.0

  /// The error of no values.
  public init() {}

  /// The length of the difference as a part of the length of the reference, both weighted: √(Σw·(o − r)² / Σw·r²).
  ///
  /// 0 where no error has a weight, infinity where some have and no value of the reference has.
  public var relativeError: Double {
    squaredError == 0 ? 0 : (squaredError / squaredReference).squareRoot()
  }

  /// The signal-to-noise ratio in decibels: 10·log₁₀(Σw·r² / Σw·(o − r)²); infinity where no error has a weight.
  public var signalToNoiseRatio: Double { Decibels.ratio(squaredReference, to: squaredError) }

  /// Adds a run of values, its reference, and the weight of each.
  ///
  /// - Precondition: All have the same number of values; the weights are finite and not negative.
  /// - Complexity: O(*n*); nothing is allocated.
  public mutating func add(reference: Span<Float>, other: Span<Float>, weights: Span<Float>) {
    precondition(
      reference.count == other.count && reference.count == weights.count,
      "the values, their reference and the weights differ in number")
    // Products of Float32 do not overflow Float64, so a sum that is not finite tells of a value that is not.
    var start = 0
    while start < reference.count {
      let range = start..<min(start + 512, reference.count)
      var part = Self()
      part.addAll(reference, other, weights, range)
      if !(part.squaredError + part.squaredReference).isFinite {
        part = Self()
        for index in range where reference[index].isFinite && other[index].isFinite {
          part.add(reference[index], other[index], weights[index])
        }
      }
      self += part
      start = range.upperBound
    }
  }

  /// Adds the pairs of a range as if all were finite, in four sums that are independent of each other.
  private mutating func addAll(
    _ reference: Span<Float>, _ other: Span<Float>, _ weights: Span<Float>, _ range: Range<Int>
  ) {
    func lanes(_ values: Span<Float>, _ index: Int) -> SIMD4<Double> {
      SIMD4(
        Double(values[unchecked: index]), Double(values[unchecked: index &+ 1]),
        Double(values[unchecked: index &+ 2]), Double(values[unchecked: index &+ 3]))
    }
    var squaredErrors = SIMD4<Double>.zero
    var squaredReferences = SIMD4<Double>.zero
    var index = range.lowerBound
    while index &+ 4 <= range.upperBound {
      let expected = lanes(reference, index)
      let weight = lanes(weights, index)
      let error = lanes(other, index) - expected
      squaredErrors += weight * (error * error)
      squaredReferences += weight * (expected * expected)
      index &+= 4
    }
    squaredError = squaredErrors.sum()
    squaredReference = squaredReferences.sum()
    for index in index..<range.upperBound { add(reference[index], other[index], weights[index]) }
  }

  /// Adds one pair.
  private mutating func add(_ reference: Float, _ other: Float, _ weight: Float) {
    let error = Double(other) - Double(reference)
    squaredError += Double(weight) * (error * error)
    squaredReference += Double(weight) * (Double(reference) * Double(reference))
  }

  /// Takes in the error of other values.
  public static func += (left: inout Self, right: Self) {
    left.squaredError += right.squaredError
    left.squaredReference += right.squaredReference
  }
}
