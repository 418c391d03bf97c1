import IngotTestSupport
import Testing

@testable import IngotEncodings

// `spec/command.md`, clause K5.2.
@Suite struct WeightedErrorTests {
  private func error(_ reference: [Float], _ other: [Float], _ weights: [Float]) -> WeightedError {
    var error = WeightedError()
    error.add(reference: reference.span, other: other.span, weights: weights.span)
    return error
  }

  @Test func sumsFollowTheirFormulas() {
    let found = error([1, 2, 3], [2, 2, 1], [4, 9, 0.5])
    #expect(found.squaredError == 6 && found.squaredReference == 44.5)
    #expect(found.relativeError == (6 / 44.5).squareRoot())
    #expect(error([3, 4], [3, 5], [0, 25]).relativeError == 0.25)
    #expect(error([3, 10], [3, 11], [0, 25]).signalToNoiseRatio == 20)
  }

  @Test func errorsWithoutAWeightAreNone() {
    for weights: [Float] in [[1, 0], [0, 0]] {
      let found = error([1, 2], [1, 3], weights)
      #expect(found.relativeError == 0 && found.signalToNoiseRatio == .infinity)
    }
    let onlyNoise = error([0, 2], [1, 2], [1, 0])
    #expect(onlyNoise.relativeError == .infinity && onlyNoise.signalToNoiseRatio == -.infinity)
  }

  @Test func equalWeightsGiveTheErrorWithoutWeights() {
    var generator = SeededGenerator(seed: 81)
    let reference = (0..<1531).map { _ in Float.random(in: -9...9, using: &generator) }
    let other = reference.map { $0 + Float.random(in: -0.1...0.1, using: &generator) }
    let plain = ErrorMeasure(reference: reference.span, other: other.span)
    for weight: Float in [1, 0.25, 1024] {
      let found = error(reference, other, [Float](repeating: weight, count: reference.count))
      #expect(found.squaredError == plain.squaredError * Double(weight), "seed 81")
      #expect(found.relativeError == plain.relativeError, "seed 81")
    }
  }

  @Test func pairsThatAreNotFiniteAreLeftOutWhereverTheyAre() {
    let count = 1031
    let reference = (0..<count).map { Float($0 % 17 - 8) }
    let weights = (0..<count).map { Float($0 % 5) }
    for index in [0, 3, 511, 512, 700, 1028, 1030] {
      for bad: Float in [.nan, .infinity, -.infinity] {
        var (left, right) = (reference, reference.map { $0 + 1 })
        let expected =
          error(left, right, weights).squaredError - Double(weights[index])
        right[index] = bad
        #expect(error(left, right, weights).squaredError == expected)
        swap(&left[index], &right[index])
        #expect(error(left, right, weights).squaredError.isFinite)
      }
    }
  }

  @Test func hugeAndTinyValuesNeitherOverflowNorVanish() {
    let greatest = Float.greatestFiniteMagnitude
    #expect(error([greatest], [-greatest], [greatest]).relativeError == 2)
    let least = Float.leastNonzeroMagnitude
    #expect(error([least], [2 * least], [least]).relativeError == 1)
  }

  @Test func partsMergeToTheErrorOfTheWhole() {
    var generator = SeededGenerator(seed: 82)
    // Small integers, so that every sum is exact in any order.
    let reference = (0..<2000).map { _ in Float(Int.random(in: -99...99, using: &generator)) }
    let other = reference.map { $0 + Float(Int.random(in: -3...3, using: &generator)) }
    let weights = reference.map { _ in Float(Int.random(in: 0...7, using: &generator)) }
    let whole = error(reference, other, weights)
    for cut in [0, 1, 3, 511, 512, 513, 1999, 2000] {
      var merged = error(Array(reference[..<cut]), Array(other[..<cut]), Array(weights[..<cut]))
      merged += error(Array(reference[cut...]), Array(other[cut...]), Array(weights[cut...]))
      #expect(merged == whole, "seed 82, cut at \(cut)")
    }
  }
}
