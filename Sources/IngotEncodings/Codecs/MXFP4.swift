import CVectors

/// MXFP4: 32 codes of 4 bits for the levels of a 4-bit float, and a power of two as scale.
///
///     byte   0     1          2                    17
///            +-----+----------+----------+-- ... --+
///            |  e  | q16 | q0 | q17 | q1 |         |     value j = level(qj) · 2^(e - 128)
///            +-----+----------+----------+-- ... --+
///                   7 … 4 3…0   bits
///
/// The levels are doubled (``FloatLevels``), hence 128 where the OCP format has 127. That format makes e = 255 a NaN; here, as in
/// the decoders in use, it is a power of two like the others.
///
/// OCP Microscaling Formats 1.0. Specification: clause E20.
enum MXFP4: FloatLevelCodec, KernelDecoder, KernelEncoder {
  static let elementsPerBlock = 32
  static let bytesPerBlock = 17
  static let partSize = 32
  static let largestScale: UInt8 = 252

  /// 2^(e - 128), the lowest two of which are subnormal.
  @inline(__always)
  static func scale(_ exponent: UInt8) -> Float {
    let exponent = UInt32(exponent)
    return Float(bitPattern: exponent < 2 ? 0x0020_0000 << exponent : (exponent &- 1) << 23)
  }

  static func kernel(_ set: UnsafePointer<ingot_decoders>) -> ingot_decoder { set.pointee.mxfp4 }
  static func encoder(_ set: UnsafePointer<ingot_encoders>) -> ingot_encoder { set.pointee.mxfp4 }
  static func product(_ set: UnsafePointer<ingot_dots>) -> ingot_dot? { set.pointee.mxfp4 }

  static func decode(_ block: UnsafeRawPointer, into values: UnsafeMutablePointer<Float>) {
    let bytes = block.assumingMemoryBound(to: UInt8.self)
    let scale = scale(bytes[0])
    let levels = FloatLevels.levels
    for index in 0..<16 {
      values[index] = levels[Int(bytes[1 &+ index] & 15)] * scale
      values[index &+ 16] = levels[Int(bytes[1 &+ index] >> 4)] * scale
    }
  }

  static func encode(_ values: UnsafePointer<Float>, into block: UnsafeMutableRawPointer) -> Bool {
    guard let largest = BlockValues.largestMagnitude(values, count: 32) else { return false }
    let exponent = largest == 0 ? 0 : UInt8(truncatingIfNeeded: logarithm(largest) &+ 125)
    let scale = scale(exponent)
    let bytes = block.assumingMemoryBound(to: UInt8.self)
    bytes[0] = exponent
    for index in 0..<16 {
      let high = FloatLevels.code(values[index &+ 16], scale)
      bytes[1 &+ index] = FloatLevels.code(values[index], scale) | high << 4
    }
    return true
  }

  /// The largest integer not above the logarithm to base 2 rounded to Float32.
  ///
  /// The logarithm of 2^k (1 - n · 2^-24) is close to k - n · 2^-24 / ln 2, and rounds to k where that is less than half a
  /// unit in the last place away: 2^(m - 24), if 2^m ≤ |k| < 2^(m + 1), or for k > 0 if 2^m < k ≤ 2^(m + 1).
  @inline(__always)
  private static func logarithm(_ value: Float) -> Int {
    let exponent = Int(value.exponent)
    let next = exponent &+ 1
    let octave = (Float(next > 0 ? exponent : 0 &- next)).exponent
    guard next != 0, octave > 0 else { return exponent }
    let distance = 2 - value.significand
    let limit = Float(sign: .plus, exponent: Int(octave) &- 23, significand: 0.693_147_2)
    return distance < limit ? next : exponent
  }

  static func byte(atLeast scale: Float) -> UInt8 {
    UInt8(truncatingIfNeeded: max(0, min(252, scale.exponent &+ 129)))
  }

  static func holds(_ magnitude: Float) -> Bool { true }

  static func store(
    _ scale: UInt8, part: Int, into block: UnsafeMutableRawPointer, code: (_ index: Int) -> UInt8
  ) {
    let bytes = block.assumingMemoryBound(to: UInt8.self)
    bytes[0] = scale
    for index in 0..<16 { bytes[1 &+ index] = code(index) | code(index &+ 16) << 4 }
  }
}
