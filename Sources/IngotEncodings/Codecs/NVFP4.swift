import CVectors

/// NVFP4: 64 codes of 4 bits for the levels of a 4-bit float, and a small float as scale for every 16.
///
///     byte   0    1    2    3    4          5                 36
///            +----+----+----+----+----------+----------+-- ... --+
///            | s0 | s1 | s2 | s3 |  q8 | q0 |  q9 | q1 |         |     value = level(q) · scale(s)
///            +----+----+----+----+----------+----------+-- ... --+
///                                  7 … 4 3…0   bits
///
///      bit 7   6       3   2    0
///     +------+-----------+--------+
///     |  -   | exponent  | m      |     scale = 2^(exponent - 8) · (1 + m / 8),  of exponent 0: 2^-7 · m / 8
///     +------+-----------+--------+     0x7F: 0
///
/// A scale has 8 bytes of codes, whose low halves are its first eight values. The levels are doubled (``FloatLevels``), and the
/// scales halved.
///
/// Specification: clause E21.
enum NVFP4: FloatLevelCodec, KernelDecoder, KernelEncoder {
  static let elementsPerBlock = 64
  static let bytesPerBlock = 36
  static let partSize = 16

  /// The byte of the largest scale, 224.
  static let largestScale: UInt8 = 0x7E

  /// What a byte scales by.
  @inline(__always)
  static func scale(_ byte: UInt8) -> Float {
    // As the upper bits of a Float32, exponent and fraction are those of a number 2^120 times smaller than twice the scale.
    let small = Float(bitPattern: UInt32(byte & 0x7F) << 20)
    return byte == 0x7F ? 0 : small * 0x1p119
  }

  /// The byte of the scale nearest to a number that is not negative, of two the even one; at most the largest.
  @inline(__always)
  static func byte(_ scale: Float) -> UInt8 {
    let scale = min(scale, 224)
    // Below the smallest exponent the scales are the multiples of 2^-10.
    if scale < 0x1p-7 { return UInt8(truncatingIfNeeded: (scale * 0x1p10 + 0x1p23).bitPattern) }
    let bits = (scale * 0x1p-119).bitPattern
    return UInt8(truncatingIfNeeded: (bits &+ 0x7_FFFF &+ (bits >> 20 & 1)) >> 20)
  }

  static func kernel(_ set: UnsafePointer<ingot_decoders>) -> ingot_decoder { set.pointee.nvfp4 }
  static func encoder(_ set: UnsafePointer<ingot_encoders>) -> ingot_encoder { set.pointee.nvfp4 }

  static func decode(_ block: UnsafeRawPointer, into values: UnsafeMutablePointer<Float>) {
    let bytes = block.assumingMemoryBound(to: UInt8.self)
    let levels = FloatLevels.levels
    for part in 0..<4 {
      let scale = scale(bytes[part])
      let codes = bytes + (4 &+ 8 &* part)
      let values = values + 16 &* part
      for index in 0..<8 {
        values[index] = levels[Int(codes[index] & 15)] * scale
        values[index &+ 8] = levels[Int(codes[index] >> 4)] * scale
      }
    }
  }

  static func encode(_ values: UnsafePointer<Float>, into block: UnsafeMutableRawPointer) -> Bool {
    let bytes = block.assumingMemoryBound(to: UInt8.self)
    for part in 0..<4 {
      let values = values + 16 &* part
      guard let largest = BlockValues.largestMagnitude(values, count: 16) else { return false }
      guard holds(largest) else { return false }
      bytes[part] = byte(largest / 12)
      let scale = scale(bytes[part])
      let codes = bytes + (4 &+ 8 &* part)
      for index in 0..<8 {
        codes[index] =
          FloatLevels.code(values[index], scale) | FloatLevels.code(values[index &+ 8], scale) << 4
      }
    }
    return true
  }

  static func byte(atLeast scale: Float) -> UInt8 {
    // Below 2^-6 a scale has not always one that is half of it.
    max(16, min(largestScale, byte(scale) &+ 1))
  }

  /// Larger values are left to other encodings, those that F16 has become the largest.
  @inline(__always)
  static func holds(_ magnitude: Float) -> Bool { magnitude.bitPattern < HalfPrecision.overflow }

  static func store(
    _ scale: UInt8, part: Int, into block: UnsafeMutableRawPointer, code: (_ index: Int) -> UInt8
  ) {
    let bytes = block.assumingMemoryBound(to: UInt8.self)
    bytes[part] = scale
    for index in 0..<8 {
      bytes[4 &+ 8 &* part &+ index] = code(index) | code(index &+ 8) << 4
    }
  }
}
