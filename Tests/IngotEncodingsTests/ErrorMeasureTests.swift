import IngotTestSupport
import Testing

@testable import IngotEncodings

@Suite struct ErrorMeasureTests {
  @Test func measuresFollowTheirFormulas() {
    let measure = ErrorMeasure(reference: [3, 4, 0, 0].span, other: [3, 0, 0, 3].span)
    #expect(measure.count == 4)
    #expect(measure.squaredError == 25)
    #expect(measure.meanSquaredError == 6.25)
    #expect(measure.rootMeanSquareError == 2.5)
    #expect(measure.relativeError == 1)
    #expect(measure.cosineSimilarity == 9 / (5 * 18.0.squareRoot()))
    #expect(measure.largestAbsoluteError == 4)
  }

  @Test func nothingComparedIsNoError() {
    let measure = ErrorMeasure(reference: [Float]().span, other: [Float]().span)
    #expect(measure == ErrorMeasure())
    #expect(measure.meanSquaredError == 0 && measure.relativeError == 0 && measure.cosineSimilarity == 1)
  }

  @Test func zerosHaveDefinedMeasures() {
    let same = ErrorMeasure(reference: [0, -0.0].span, other: [-0.0, 0].span)
    #expect(same.relativeError == 0 && same.cosineSimilarity == 1)
    let different = ErrorMeasure(reference: [0, 0].span, other: [0, 1].span)
    #expect(different.relativeError == .infinity && different.cosineSimilarity == 0)
  }

  // `spec/command.md`, clause K5.1.
  @Test func theSignalToNoiseRatioIsThatOfTheSquaresInDecibels() {
    let measure = ErrorMeasure(reference: [3, 4].span, other: [3, 4.5].span)
    #expect(measure.signalToNoiseRatio == 20)
    #expect(ErrorMeasure(reference: [3, 0].span, other: [0, 4].span).signalToNoiseRatio < 0)
    #expect(ErrorMeasure(reference: [3, 4].span, other: [3, 4].span).signalToNoiseRatio == .infinity)
    #expect(ErrorMeasure(reference: [0].span, other: [0].span).signalToNoiseRatio == .infinity)
    #expect(ErrorMeasure(reference: [0].span, other: [1].span).signalToNoiseRatio == -.infinity)
  }

  @Test func pairsThatAreNotFiniteAreCountedApart() {
    let reference: [Float] = [.nan, .infinity, .infinity, 1, 2, .nan]
    let other: [Float] = [.nan, .infinity, -.infinity, .nan, 2.5, 1]
    let measure = ErrorMeasure(reference: reference.span, other: other.span)
    #expect(measure.count == 1)
    #expect(measure.nonFiniteCount == 5)
    #expect(measure.nonFiniteMismatchCount == 3)
    #expect(measure.squaredError == 0.25 && measure.largestAbsoluteError == 0.5)
  }

  @Test func hugeAndTinyValuesNeitherOverflowNorVanish() {
    let greatest = Float.greatestFiniteMagnitude
    let huge = ErrorMeasure(reference: [greatest, -greatest].span, other: [-greatest, greatest].span)
    #expect(huge.relativeError == 2 && huge.cosineSimilarity == -1)
    let least = Float.leastNonzeroMagnitude
    let tiny = ErrorMeasure(reference: [least].span, other: [2 * least].span)
    #expect(tiny.relativeError == 1 && tiny.cosineSimilarity == 1)
  }

  @Test func partsMergeToTheMeasureOfTheWhole() {
    var generator = SeededGenerator(seed: 71)
    // Small integers, so that every sum is exact in any order.
    let reference = (0..<2000).map { _ in Float(Int.random(in: -99...99, using: &generator)) }
    let other = reference.map { $0 + Float(Int.random(in: -3...3, using: &generator)) }
    let whole = ErrorMeasure(reference: reference.span, other: other.span)
    #expect(whole.count == 2000)
    for cut in [0, 1, 3, 511, 512, 513, 1999, 2000] {
      let merged =
        ErrorMeasure(reference: reference.span.extracting(..<cut), other: other.span.extracting(..<cut))
        + ErrorMeasure(reference: reference.span.extracting(cut...), other: other.span.extracting(cut...))
      #expect(merged == whole, "seed 71, cut at \(cut)")
    }
    #expect(
      whole.squaredError == zip(reference, other).reduce(0) { $0 + Double(($1.1 - $1.0) * ($1.1 - $1.0)) })
  }
}
