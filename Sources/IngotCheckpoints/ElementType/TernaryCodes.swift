import IngotEncodings

/// Ternary codes, four a byte, the first in the lowest bits: 0, 1 and 2 stand for -1, 0 and 1.
///
/// Specification: `spec/safetensors.md`, clause S9.
enum TernaryCodes {
  /// The smallest of F16, BF16 and F32 that holds the scale, and so every value, exactly.
  static func exactEncoding(_ scale: Float) -> Encoding {
    if HalfPrecision.float(HalfPrecision.bits(scale)) == scale { return .f16 }
    return scale.bitPattern & 0xFFFF == 0 ? .bf16 : .f32
  }

  /// Refuses the code 3.
  ///
  /// - Throws: ``ElementTypeError/Code/noValue`` with the position of the first such code.
  static func check(_ bytes: RawSpan, _ type: ElementType) throws(ElementTypeError) {
    let wrong = bytes.withUnsafeBytes { bytes -> Int? in
      // Both bits of a code are set. One pass without a branch; the place is looked for only when there is one.
      guard bytes.reduce(0, { $0 | $1 & $1 >> 1 }) & 0x55 != 0 else { return nil }
      return (0..<4 * bytes.count).first { bytes[$0 / 4] >> (2 * ($0 % 4)) & 3 == 3 }
    }
    if let wrong { throw ElementTypeError(.noValue, type, index: wrong, bits: 3) }
  }

  /// Sets the four values of each byte.
  ///
  /// - Precondition: There are four values for each byte, and no code is 3.
  static func decode(_ bytes: RawSpan, scale: Float, into values: inout MutableSpan<Float>) {
    let table = table(scale, minus: -scale)
    bytes.withUnsafeBytes { bytes in
      values.withUnsafeMutableBufferPointer { values in
        for (index, byte) in bytes.enumerated() {
          let four: SIMD4<Float> = look(up: byte, in: table)
          for place in 0..<4 { values[4 * index + place] = four[place] }
        }
      }
    }
  }

  /// What the four codes stand for, if 0 is all bits zero; the last code, which does not occur, for zero.
  static func table<Value: SIMDScalar & Numeric>(_ scale: Value, minus: Value) -> SIMD4<Value> {
    // A scale of zero has no negative.
    SIMD4(scale == 0 ? scale : minus, 0, scale, 0)
  }

  /// The rows of the table that the four codes of a byte name.
  @inline(__always)
  static func look<Value: SIMDScalar>(up byte: UInt8, in table: SIMD4<Value>) -> SIMD4<Value> {
    SIMD4(
      table[Int(byte & 3)], table[Int(byte >> 2 & 3)], table[Int(byte >> 4 & 3)], table[Int(byte >> 6)])
  }
}
