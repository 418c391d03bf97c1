import IngotTestSupport

/// Seeded rows that look for the corners of encoders.
struct RowGenerator {
  enum Kind: CaseIterable {
    /// Evenly spread values.
    case even
    /// Values that lie exactly between two codes, and beside.
    case ties
    /// Zeros of both signs.
    case zeros
    /// Negative and positive zeros among a few values of one sign.
    case zerosAndOneSign
    /// The largest magnitude several times, in both signs.
    case equalExtremes
    /// Numbers so small that the scale is subnormal, or its reciprocal infinite.
    case subnormal
    /// Every magnitude from the smallest subnormal to the largest half.
    case allMagnitudes
    /// The same value throughout.
    case constant
    /// -1, 0 and 1 times a scale.
    case ternary
    /// Magnitudes close below 32768, whose sums and differences still fit into halves.
    case large
  }

  private var generator: SeededGenerator

  init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

  /// A row of a kind; all values are finite and no scale overflows.
  mutating func row(_ kind: Kind, count: Int) -> [Float] {
    let scale = Float(sign: .plus, exponent: Int.random(in: -20...4, using: &generator), significand: 1.25)
    switch kind {
    case .even: return fill(count) { Float.random(in: -scale...scale, using: &$0) }
    case .ties:
      var row = fill(count) { generator in
        let tie = scale * (Float(Int.random(in: -8...7, using: &generator)) + 0.5)
        return [tie, tie.nextUp, tie.nextDown].randomElement(using: &generator) ?? tie
      }
      row[Int.random(in: 0..<count, using: &generator)] =
        scale * [-8, 15, 127, -127][Int.random(in: 0...3, using: &generator)]
      return row
    case .zeros: return fill(count) { Bool.random(using: &$0) ? 0 : -0.0 }
    case .zerosAndOneSign:
      let sign: Float = Bool.random(using: &generator) ? 1 : -1
      return fill(count) { generator in
        [0, -0.0, sign * Float.random(in: 0...scale, using: &generator)].randomElement(using: &generator) ?? 0
      }
    case .equalExtremes:
      return fill(count) { [scale, -scale, scale / 3, -scale / 3].randomElement(using: &$0) ?? 0 }
    case .subnormal:
      let exponent = Int.random(in: -149 ... -120, using: &generator)
      let limit = Float(sign: .plus, exponent: exponent, significand: 1)
      return fill(count) { Float.random(in: -limit...limit, using: &$0) }
    case .allMagnitudes:
      return fill(count) { generator in
        let exponent = Int.random(in: -149...13, using: &generator)
        return Float(
          sign: Bool.random(using: &generator) ? .plus : .minus, exponent: exponent, significand: 1)
          * Float.random(in: 1..<2, using: &generator)
      }
    case .constant: return [Float](repeating: Bool.random(using: &generator) ? scale : -scale, count: count)
    case .ternary: return fill(count) { scale * Float(Int.random(in: -1...1, using: &$0)) }
    case .large: return fill(count) { Float.random(in: -32767...32767, using: &$0) }
    }
  }

  private mutating func fill(_ count: Int, _ value: (inout SeededGenerator) -> Float) -> [Float] {
    (0..<count).map { _ in value(&generator) }
  }
}
