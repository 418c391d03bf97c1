@testable import IngotEncodings

/// The formulas of the super-blocks, a value at a time: part of ``PlainFormulas``.
enum SuperBlockFormulas {
  /// The values of one block: E23.3, E24.2, E25.2, E26.3, E27.2 and E28.2.
  static func decode(_ encoding: Encoding, _ block: [UInt8]) -> [Float]? {
    func half(_ offset: Int) -> Float {
      HalfPrecision.float(UInt16(block[offset]) | UInt16(block[offset + 1]) << 8)
    }
    func bits(_ byte: Int, _ first: Int, _ count: Int) -> Int {
      Int(block[byte]) >> first & (1 << count - 1)
    }
    func pair(_ p: Int) -> (scale: Int, minimum: Int) {
      if p < 4 { return (bits(4 + p, 0, 6), bits(8 + p, 0, 6)) }
      return (bits(8 + p, 0, 4) | bits(p, 6, 2) << 4, bits(8 + p, 4, 4) | bits(4 + p, 6, 2) << 4)
    }
    return (0..<256).map { j -> Float in
      let (h, k, l) = (j / 128, j % 128 / 32, j % 32)
      switch encoding {
      case .iq4_xs:
        let p = j / 32
        let scale = bits(4 + p / 2, p % 2 * 4, 4) | bits(2 + p / 4, p % 4 * 2, 2) << 4
        return half(0) * Float(scale - 32) * IQ4_XS.levels[bits(8 + 16 * p + l % 16, l / 16 * 4, 4)]
      case .q2_K:
        let (a, b) = (half(80) * Float(bits(j / 16, 0, 4)), half(82) * Float(bits(j / 16, 4, 4)))
        return a * Float(bits(16 + 32 * h + l, 2 * k, 2)) - b
      case .q3_K:
        let p = j / 16
        let scale = bits(96 + p % 8, p / 8 * 4, 4) | bits(104 + p % 4, p / 4 * 2, 2) << 4
        let code = bits(32 + 32 * h + l, 2 * k, 2) | bits(l, 4 * h + k, 1) << 2
        return half(108) * Float(scale - 32) * Float(code - 4)
      case .q4_K:
        let (a, b) = (half(0) * Float(pair(j / 32).scale), half(2) * Float(pair(j / 32).minimum))
        return a * Float(bits(16 + j / 64 * 32 + l, j / 32 % 2 * 4, 4)) - b
      case .q5_K:
        let (a, b) = (half(0) * Float(pair(j / 32).scale), half(2) * Float(pair(j / 32).minimum))
        let code = bits(48 + j / 64 * 32 + l, j / 32 % 2 * 4, 4) | bits(16 + l, j / 32, 1) << 4
        return a * Float(code) - b
      default:
        let scale = Float(Int8(bitPattern: block[192 + j / 16]))
        let code = bits(64 * h + 32 * (k % 2) + l, k / 2 * 4, 4) | bits(128 + 32 * h + l, 2 * k, 2) << 4
        return half(208) * scale * Float(code - 32)
      }
    }
  }

  /// The values that the reference encoding of a block decodes to: E23.4, E25.3, E26.4, E28.3.
  static func reference(_ encoding: Encoding, _ x: [Float]) -> [Float] {
    switch encoding {
    case .q2_K: minimums(x, part: 16, largestCode: 3, limit: 15)
    case .q4_K: minimums(x, part: 32, largestCode: 15, limit: 63)
    case .q5_K: minimums(x, part: 32, largestCode: 31, limit: 63)
    case .q3_K: levels(x, part: 16, lowest: -4, limit: 32) { even(min(7, max(0, $0 + 4))) - 4 }
    case .q6_K: levels(x, part: 16, lowest: -32, limit: 128) { even(min(63, max(0, $0 + 32))) - 32 }
    default:
      levels(x, part: 32, lowest: -127, limit: 32) { value in
        let middle = (even(min(127.5, max(-128, value)) * 2 + 256.5) - 257) / 2 + 0.25
        let levels = (0..<16).map { IQ4_XS.levels[$0] }
        return levels.min { ($0 - middle).magnitude < ($1 - middle).magnitude } ?? 0
      }
    }
  }

  private static func even(_ value: Float) -> Float { value.rounded(.toNearestOrEven) }

  private static func stored(_ value: Float) -> Float { HalfPrecision.float(HalfPrecision.bits(value)) }

  private static func factor(_ value: Float) -> Float {
    value == 0 || (1 / value).isInfinite ? 0 : 1 / value
  }

  private static func minimums(_ x: [Float], part: Int, largestCode: Float, limit: Float) -> [Float] {
    let parts = stride(from: 0, to: 256, by: part).map { Array(x[$0..<$0 + part]) }
    let depths = parts.map { 0 - min(0, $0.min() ?? 0) }
    let steps = zip(parts, depths).map { (($0.max() ?? 0) + $1) / largestCode }
    let d = (steps.max() ?? 0) / limit
    let n = (depths.max() ?? 0) / limit
    return parts.indices.flatMap { p in
      let a = stored(d) * min(limit, steps[p] * factor(d) + 0.5).rounded(.down)
      let b = stored(n) * min(limit, depths[p] * factor(n) + 0.5).rounded(.down)
      return parts[p].map { min(largestCode, max(0, ($0 + b) * factor(a) + 0.5)).rounded(.down) * a - b }
    }
  }

  private static func levels(
    _ x: [Float], part: Int, lowest: Float, limit: Float, _ level: (Float) -> Float
  ) -> [Float] {
    let parts = stride(from: 0, to: 256, by: part).map { Array(x[$0..<$0 + part]) }
    let steps = parts.map { part in
      let largest = part.map(\.magnitude).max() ?? 0
      return (part.first { $0.magnitude == largest && largest > 0 } ?? 0) / lowest
    }
    let largest = steps.map(\.magnitude).max() ?? 0
    let d = (steps.first { $0.magnitude == largest && largest > 0 } ?? 0) / -limit
    return parts.indices.flatMap { p in
      let s = min(limit - 1, max(-limit, steps[p] * factor(d))).rounded(.toNearestOrAwayFromZero)
      let a = stored(d) * s
      return parts[p].map { level($0 * factor(a)) * a }
    }
  }
}
