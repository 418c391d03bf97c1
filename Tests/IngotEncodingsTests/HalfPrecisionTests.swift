import IngotTestSupport
import Testing

@testable import IngotEncodings

/// Against formulas in Float64, which share nothing with the bit operations under test.
@Suite struct HalfPrecisionTests {
  /// The value of a half by the table of E2.3; of NaN, the pattern that E2.3 gives.
  private func specifiedFloat(_ half: UInt16) -> Float {
    let exponent = Int(half >> 10 & 31)
    let fraction = Double(half & 1023)
    let sign: Double = half >> 15 == 0 ? 1 : -1
    switch exponent {
    case 31 where fraction > 0:
      return Float(bitPattern: UInt32(half >> 15) << 31 | 0x7FC0_0000 | UInt32(half & 1023) << 13)
    case 31: return Float(sign * .infinity)
    case 0: return Float(sign * 0x1p-24 * fraction)
    default:
      return Float(
        sign * (1 + fraction / 1024) * Double(sign: .plus, exponent: exponent - 15, significand: 1))
    }
  }

  /// The half nearest to a value, by division into units of its last place.
  private func specifiedBits(_ value: Float) -> UInt16 {
    let sign = UInt16(value.bitPattern >> 16 & 0x8000)
    if value.isNaN { return sign | 0x7E00 }
    let magnitude = Double(value.magnitude)
    if magnitude >= 65520 { return sign | 0x7C00 }
    let exponent = magnitude < 0x1p-14 ? -14 : Int(magnitude.exponent)
    let unit = Double(sign: .plus, exponent: exponent - 10, significand: 1)
    // A fraction that rounds up to 2048 carries into the exponent by itself.
    let units = UInt16((magnitude / unit).rounded(.toNearestOrEven))
    return sign | (units < 1024 ? units : UInt16(exponent + 14) << 10 + units)
  }

  // E2.3
  @Test func allHalvesHaveTheSpecifiedValue() {
    let wrong = (0...UInt16.max).first {
      HalfPrecision.float($0).bitPattern != specifiedFloat($0).bitPattern
    }
    #expect(wrong == nil)
  }

  // E2.3
  @Test func allHalvesReturnFromFloat() {
    let wrong = (0...UInt16.max).first {
      let isNaN = $0 & 0x7FFF > 0x7C00
      return HalfPrecision.bits(HalfPrecision.float($0)) != (isNaN ? $0 & 0x8000 | 0x7E00 : $0)
    }
    #expect(wrong == nil)
  }

  // E2.3
  @Test func valuesAtAndBesideEveryTieGetTheSpecifiedHalf() {
    let wrong = (0..<UInt16(0x7C00)).first { half in
      let low = specifiedFloat(half)
      let high = half == 0x7BFF ? 65536 : specifiedFloat(half + 1)
      let tie = (low + high) / 2
      return [low, low.nextUp, tie.nextDown, tie, tie.nextUp].contains {
        HalfPrecision.bits($0) != specifiedBits($0) || HalfPrecision.bits(-$0) != specifiedBits(-$0)
      }
    }
    #expect(wrong == nil)
  }

  // E2.3
  @Test func anyFloatGetsTheSpecifiedHalf() {
    var generator = SeededGenerator(seed: 16)
    let wrong = (0..<1_000_000).lazy
      .map { _ in UInt32.random(in: 0...UInt32.max, using: &generator) }
      .first { HalfPrecision.bits(Float(bitPattern: $0)) != specifiedBits(Float(bitPattern: $0)) }
    #expect(wrong == nil, "seed 16")
  }

  // E2.4
  @Test func anyFloatGetsTheNearestBFloat16() {
    var generator = SeededGenerator(seed: 17)
    let edges: [UInt32] = [
      0, 1, 0x7FFF, 0x8000, 0x8001, 0x1_8000, 0x3F80_8000, 0x3F81_8000, 0x7F7F_7FFF, 0x7F7F_8000, 0x7F7F_FFFF,
      0x7F80_0000, 0x7F80_0001, 0x7FBF_FFFF, 0x7FC0_0000, 0x7FFF_FFFF,
    ]
    let random = (0..<200_000).map { _ in UInt32.random(in: 0...UInt32.max, using: &generator) }
    let wrong = (edges + edges.map { $0 | 0x8000_0000 } + random).first { pattern in
      let bits = BFloat16.bits(Float(bitPattern: pattern))
      let upper = UInt16(pattern >> 16)
      if Float(bitPattern: pattern).isNaN { return bits != upper | 0x40 }
      // The candidates stand 2^16 apart, and their patterns order as their magnitudes do.
      let rest = pattern & 0xFFFF
      let up = rest > 0x8000 || (rest == 0x8000 && upper & 1 == 1)
      return bits != (up ? upper + 1 : upper)
    }
    #expect(wrong == nil, "seed 17")
  }

  // E2.4
  @Test func allBFloat16sReturnFromFloat() {
    let wrong = (0...UInt16.max).first {
      let isNaN = $0 & 0x7FFF > 0x7F80
      return BFloat16.bits(BFloat16.float($0)) != (isNaN ? $0 | 0x40 : $0)
    }
    #expect(wrong == nil)
  }
}
