import IngotTestSupport
import Testing

@testable import IngotEncodings

// `spec/command.md`, clause K5.3.
@Suite struct ErrorHistogramTests {
  private func levels(_ reference: [Float], _ other: [Float]) -> ErrorLevels {
    var levels = ErrorLevels()
    levels.add(reference: reference.span, other: other.span)
    return levels
  }

  private func histogram(_ reference: [Float], _ other: [Float]) -> ErrorHistogram {
    ErrorHistogram(levels(reference, other), ErrorMeasure(reference: reference.span, other: other.span))
  }

  @Test func levelsAreQuartersOfAPowerOfTwo() {
    let errors: [Float] = [1, -1.189, 1.19, 1.414, 1.415, -1.68, 1.69, 2, 0.999, 0, -0.0, 0.25]
    let found = levels([Float](repeating: 0, count: errors.count), errors)
    #expect(found.equalCount == 2)
    let expected = [-8: 1, -1: 1, 0: 2, 1: 2, 2: 2, 3: 1, 4: 1]
    #expect(Dictionary(found.counts.map { ($0.level, $0.count) }, uniquingKeysWith: +) == expected)
  }

  @Test func everyFiniteDifferenceHasALevel() {
    let greatest = Float.greatestFiniteMagnitude
    let found = levels([.leastNonzeroMagnitude, -greatest], [0, greatest])
    #expect(found.counts.map(\.level) == [-596, 515])
    #expect(found.counts.map(\.count) == [1, 1])
  }

  @Test func pairsThatAreNotFiniteAreNotCounted() {
    let reference: [Float] = [.nan, .infinity, .infinity, 1, 2, .nan, 3]
    let other: [Float] = [.nan, .infinity, -.infinity, .nan, 2.5, 1, 3]
    let found = histogram(reference, other)
    #expect(found.valueCount == 2 && found.equalCount == 1)
  }

  @Test func errorsAreRelativeToTheRootMeanSquare() {
    let found = histogram([4, -4, 4, -4], [4, -3, 6, -4])
    #expect(found.equalCount == 2)
    #expect(found.lowestLevel == -8 && found.counts == [1, 0, 0, 0, 1])
  }

  @Test func scaledTensorsHaveTheSameHistogramAndAddUp() {
    var generator = SeededGenerator(seed: 91)
    let reference = (0..<3000).map { _ in Float.random(in: -1...1, using: &generator) }
    let other = reference.map { $0 + Float.random(in: -0.01...0.01, using: &generator) }
    let one = histogram(reference, other)
    var sum = ErrorHistogram()
    for scale: Float in [1, 0x1p-60, 0x1p90] {
      let scaled = histogram(reference.map { $0 * scale }, other.map { $0 * scale })
      #expect(scaled == one, "seed 91, scale \(scale)")
      sum += scaled
    }
    #expect(sum.lowestLevel == one.lowestLevel && sum.counts == one.counts.map { 3 * $0 })
    #expect(sum.valueCount == 9000)
  }

  @Test func theOrderOfTheSumDoesNotMatter() {
    let parts = [
      histogram([1, 1], [1.5, 1]), histogram([8, 1], [1, 0.9999]), ErrorHistogram(),
      histogram([0, 0], [0, 3]),
    ]
    var (forward, backward) = (ErrorHistogram(), ErrorHistogram())
    for part in parts { forward += part }
    for part in parts.reversed() { backward += part }
    #expect(forward == backward)
    #expect(forward.valueCount == 6 && forward.equalCount == 2 && forward.unscaledCount == 1)
    #expect(forward.counts.first != 0 && forward.counts.last != 0)
  }

  @Test func quantilesAreTrueBounds() {
    var generator = SeededGenerator(seed: 92)
    for round in 0..<20 {
      let scale = Float.random(in: 0.5...2, using: &generator)
      let reference = (0..<500).map { _ in Float.random(in: -scale...scale, using: &generator) }
      let other = reference.map { $0 + Float.random(in: -0.1...0.1, using: &generator) }
      let found = histogram(reference, other)
      let rootMeanSquare = (reference.reduce(0) { $0 + Double($1) * Double($1) } / 500).squareRoot()
      for share in [0, 0.1, 0.5, 0.99, 1] {
        let level = found.quantile(share) / ErrorHistogram.decibelsPerLevel
        // 2^(level / 4), level being a whole number.
        let bound = share == 0 ? 0 : rootMeanSquare * powerOfTwo(quarters: level)
        let below = zip(reference, other).count { (Double($1) - Double($0)).magnitude < bound }
        #expect(Double(below) >= share * 500, "seed 92, round \(round), \(share)")
      }
      #expect(found.quantile(0) == -.infinity)
    }
    #expect(histogram([1, 2], [1, 2]).quantile(1) == -.infinity)
    #expect(histogram([0, 0], [1, 0]).quantile(1) == .infinity)
  }

  private func powerOfTwo(quarters: Double) -> Double {
    let quarter = 2.0.squareRoot().squareRoot()
    let count = Int(quarters.rounded())
    return (0..<abs(count)).reduce(1.0) { value, _ in count < 0 ? value / quarter : value * quarter }
  }
}
