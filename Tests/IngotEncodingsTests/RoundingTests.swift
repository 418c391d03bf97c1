import IngotTestSupport
import Testing

@testable import IngotEncodings

/// E2.7, against the rounding of the standard library.
@Suite struct RoundingTests {
  /// Integers, ties and their neighbours up to 4096, where the mistakes of rounding tricks show, and random values.
  private static let magnitudes: [Float] = {
    var generator = SeededGenerator(seed: 27)
    let edges = (0..<8192).flatMap { twice -> [Float] in
      let value = Float(twice) / 2
      return [value.nextDown.magnitude, value, value.nextUp]
    }
    let large: [Float] = [0x1p22 - 0.5, 0x1p22 - 1, 0x1p21 + 0.5, 0x1p-126, 0x1p-149, 0.49999997]
    let small = (0..<1_000_000).map { _ in Float.random(in: 0..<300, using: &generator) }
    let wide = (0..<100_000).map { _ in Float.random(in: 0..<0x1p22, using: &generator) }
    return edges + large + small + wide
  }()

  @Test func awayIsTheNearestIntegerWithTiesAwayFromZero() {
    let wrong = Self.magnitudes.first { value in
      let expected = Int32(value.rounded(.toNearestOrAwayFromZero))
      return Rounding.halfAwayFromZero(value) != expected || Rounding.halfAwayFromZero(-value) != -expected
    }
    #expect(wrong == nil, "seed 27")
  }

  @Test func downIsTheLargestIntegerNotAbove() {
    #expect(Self.magnitudes.first { Rounding.down($0) != Int32($0.rounded(.down)) } == nil, "seed 27")
  }

  @Test func ternaryIsAwayBelowOneAndAHalf() {
    let values = Self.magnitudes.filter { $0 < 1.5 }
    #expect(values.count > 1000)
    let wrong = values.first { value in
      let expected = Int32(value.rounded(.toNearestOrAwayFromZero))
      return Rounding.ternary(value) != expected || Rounding.ternary(-value) != -expected
    }
    #expect(wrong == nil, "seed 27")
  }
}
