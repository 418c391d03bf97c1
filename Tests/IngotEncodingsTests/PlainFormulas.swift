import Foundation

@testable import IngotEncodings

/// The formulas of `spec/encodings.md`, a value at a time and without regard to speed: what the codecs are held to.
enum PlainFormulas {
  /// The values of one block.
  static func decode(_ encoding: Encoding, _ block: [UInt8]) -> [Float]? {
    func half(_ offset: Int) -> Float {
      HalfPrecision.float(UInt16(block[offset]) | UInt16(block[offset + 1]) << 8)
    }
    func values(_ count: Int, _ value: (Int) -> Float) -> [Float] { (0..<count).map(value) }
    func nibble(_ j: Int, from start: Int) -> Int {
      j < 16 ? Int(block[start + j] & 15) : Int(block[start + j - 16] >> 4)
    }
    func bit(_ j: Int, from start: Int) -> Int { Int(block[start + j / 8] >> UInt8(j % 8) & 1) }
    switch encoding {
    case .q8_0:  // E9.2
      return values(32) { Float(Int8(bitPattern: block[2 + $0])) * half(0) }
    case .q4_0:  // E10.2
      return values(32) { Float(nibble($0, from: 2) - 8) * half(0) }
    case .q4_1:  // E11.2
      return values(32) { Float(nibble($0, from: 4)) * half(0) + half(2) }
    case .q5_0:  // E18.2
      return values(32) { Float(nibble($0, from: 6) + 16 * bit($0, from: 2) - 16) * half(0) }
    case .q5_1:  // E19.2
      return values(32) { Float(nibble($0, from: 8) + 16 * bit($0, from: 4)) * half(0) + half(2) }
    case .mxfp4:  // E20.3
      return values(32) { floatLevels[nibble($0, from: 1)] * power(Int(block[0]) - 128) }
    case .nvfp4:  // E21.3
      return values(64) { j in
        let byte = block[4 + j / 16 * 8 + j % 8]
        return floatLevels[Int(j % 16 < 8 ? byte & 15 : byte >> 4)] * small(block[j / 16])
      }
    case .iq4_nl:  // E22.2
      return values(32) { unevenLevels[nibble($0, from: 2)] * half(0) }
    case .q2_0:  // E12.2
      return values(64) { Float(Int(block[2 + $0 / 4] >> (2 * UInt8($0 % 4)) & 3) - 1) * half(0) }
    case .q1_0:  // E13.2
      return values(128) { block[2 + $0 / 8] >> UInt8($0 % 8) & 1 == 1 ? half(0) : -half(0) }
    case .tq1_0:  // E14.2
      return values(256) { j in
        let (byte, digit) = placeOfDigit(j)
        let shifted = (0..<digit).reduce(Int(block[byte])) { fraction, _ in fraction * 3 % 256 }
        return Float(3 * shifted / 256 - 1) * half(52)
      }
    case .tq2_0:  // E15.2
      return values(256) { j in
        let byte = j / 128 * 32 + j % 32
        return Float(Int(block[byte] >> (2 * UInt8(j % 128 / 32)) & 3) - 1) * half(64)
      }
    default: return nil
    }
  }

  /// One block of finite values, whose scale fits.
  static func encode(_ encoding: Encoding, _ x: [Float]) -> [UInt8]? {
    let largest = x.map(\.magnitude).max() ?? 0
    func factor(_ d: Float) -> Float { d == 0 ? 0 : 1 / d }
    let extreme = largest == 0 ? 0 : x.first { $0.magnitude == largest } ?? 0
    func away(_ value: Float) -> Int { Int(value.rounded(.toNearestOrAwayFromZero)) }
    func bytes(_ value: Float) -> [UInt8] {
      let bits = HalfPrecision.bits(value)
      return [UInt8(truncatingIfNeeded: bits), UInt8(bits >> 8)]
    }
    func codes(_ f: Float, tiny: Int, _ code: (Float) -> Int) -> [Int] {
      x.map { f.isInfinite ? tiny : code($0) }
    }
    func pairs(_ q: [Int]) -> [UInt8] { (0..<16).map { UInt8(q[$0] & 15 | (q[$0 + 16] & 15) << 4) } }
    func fifths(_ q: [Int]) -> [UInt8] {
      (0..<4).map { i in (0..<8).reduce(0) { $0 | UInt8(q[8 * i + $1] / 16) << $1 } }
    }
    func level(_ value: Float, _ d: Float) -> Int {
      let errors = floatLevels.map { ($0 * d - value).magnitude }
      return errors.indices.min { errors[$0] < errors[$1] } ?? 0
    }

    switch encoding {
    case .q8_0:  // E9.3
      let d = largest / 127
      let f = factor(d)
      return bytes(d) + codes(f, tiny: 0) { away($0 * f) }.map { UInt8(truncatingIfNeeded: $0) }
    case .q4_0, .q5_0:  // E10.3, E18.3
      let zero: Float = encoding == .q4_0 ? 8 : 16
      let d = extreme / -zero
      let f = factor(d)
      let q = codes(f, tiny: 0) { Int(min(2 * zero - 1, $0 * f + zero + 0.5).rounded(.down)) }
      return bytes(d) + (encoding == .q4_0 ? [] : fifths(q)) + pairs(q)
    case .q4_1, .q5_1:  // E11.3, E19.3
      let top: Float = encoding == .q4_1 ? 15 : 31
      var m = x.min() ?? 0
      let h = x.max() ?? 0
      if m == 0 { m = x.first { $0 == 0 } ?? 0 }
      let d = h == m ? 0 : (h - m) / top
      let f = factor(d)
      let q = codes(f, tiny: 0) { Int(min(top, ($0 - m) * f + 0.5).rounded(.down)) }
      return bytes(d) + bytes(m) + (encoding == .q4_1 ? [] : fifths(q)) + pairs(q)
    case .mxfp4:  // E20.4
      let e = largest == 0 ? 0 : UInt8(truncatingIfNeeded: Int(logarithm(largest).rounded(.down)) + 125)
      return [e] + pairs(x.map { level($0, power(Int(e) - 128)) })
    case .nvfp4:  // E21.4
      let parts = (0..<4).map { Array(x[16 * $0..<16 * $0 + 16]) }
      let scales = parts.map { part in
        let a = (part.map(\.magnitude).max() ?? 0) / 12
        let distances = (0...UInt8(0x7E)).map { (Double(small($0)) - Double(a)).magnitude }
        let least = distances.min() ?? 0
        let nearest = distances.indices.filter { distances[$0] == least }
        return UInt8(nearest.first { $0 % 2 == 0 } ?? nearest[0])
      }
      return scales
        + (0..<4).flatMap { p in
          (0..<8).map { i in
            let d = small(scales[p])
            return UInt8(level(parts[p][i], d) | level(parts[p][i + 8], d) << 4)
          }
        }
    case .iq4_nl:  // E22.3
      let d = extreme / -127
      let f = factor(d).isInfinite ? 0 : factor(d)
      return bytes(d)
        + pairs(
          x.map { value in (0..<15).count { value * f > (unevenLevels[$0] + unevenLevels[$0 + 1]) / 2 } })
    case .q2_0:  // E12.3
      let f = factor(largest)
      let q = codes(f, tiny: 0) { away($0 * f) + 1 }
      return bytes(largest)
        + (0..<16).map { i in UInt8((0..<4).reduce(0) { $0 | q[4 * i + $1] << (2 * $1) }) }
    case .q1_0:  // E13.3
      let d = x.reduce(0) { $0 + $1.magnitude } / 128
      return bytes(d) + (0..<16).map { i in (0..<8).reduce(0) { $0 | (x[8 * i + $1] >= 0 ? 1 << $1 : 0) } }
    case .tq1_0:  // E14.3
      let f = factor(largest)
      let t = codes(f, tiny: 1) { away($0 * f) + 1 }
      var digits = [[Int]](repeating: [0, 0, 0, 0, 0], count: 52)
      for j in 0..<256 {
        let (byte, digit) = placeOfDigit(j)
        digits[byte][digit] = t[j]
      }
      return digits.map { UInt8(($0.reduce(0) { 3 * $0 + $1 } * 256 + 242) / 243) } + bytes(largest)
    case .tq2_0:  // E15.3
      let f = factor(largest)
      let q = codes(f, tiny: 1) { away($0 * f) + 1 }
      var packed = [UInt8](repeating: 0, count: 64)
      for j in 0..<256 { packed[j / 128 * 32 + j % 32] |= UInt8(q[j] << (2 * (j % 128 / 32))) }
      return packed + bytes(largest)
    default: return nil
    }
  }

  /// The levels of E20.2 and E23.2.
  static let floatLevels: [Float] = [0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12]
  static let unevenLevels: [Float] = [
    -127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113,
  ]

  private static func power(_ exponent: Int) -> Float {
    Float(sign: .plus, exponent: exponent, significand: 1)
  }

  /// E21.2.
  static func small(_ s: UInt8) -> Float {
    let (e, f) = (Int(s >> 3 & 15), Float(s & 7))
    return s == 0x7F ? 0 : e == 0 ? power(-7) * f / 8 : power(e - 8) * (1 + f / 8)
  }

  /// The logarithm to base 2.
  private static func logarithm(_ value: Float) -> Float { Float(log2(Double(value))) }

  /// The byte and the digit of TQ1_0 that hold a value: the table of E14.1.
  private static func placeOfDigit(_ j: Int) -> (byte: Int, digit: Int) {
    if j < 160 { return (j % 32, j / 32) }
    if j < 240 { return (32 + (j - 160) % 16, (j - 160) / 16) }
    return (48 + (j - 240) % 4, (j - 240) / 4)
  }
}
