/// IQ4_XS: 8 sub-blocks of 32 codes of 4 bits for 16 unevenly spaced levels, each with a scale of 6 bits.
///
///     byte   0        2                4             8            136
///            +--------+----------------+-------------+-- ... -----+
///            | d: F16 | high bits, 2 B | low, 4 B    | codes 128 B |     value = (d · (s - 32)) · level(q)
///            +--------+----------------+-------------+-- ... -----+
///
/// The scale of sub-block i has its low four bits in the low (i even) or high half of byte 4 + ⌊i/2⌋, and its high two in
/// bits 2i and 2i + 1 of the 16-bit word at byte 2. The code of value 32i + l is the low half of code byte 16i + l for
/// l < 16, otherwise the high half of code byte 16i + l - 16.
///
/// Specification: clause E23.
enum IQ4_XS: QuantizedDecoder {
  static let elementsPerBlock = 256
  static let bytesPerBlock = 136

  /// The levels of the codes (clause E22).
  static let levels = SIMD16<Float>(
    -127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113)

  static func decode(_ block: UnsafeRawPointer, into values: UnsafeMutablePointer<Float>) {
    let scale = half(block, at: 0)
    let high = block.loadUnaligned(fromByteOffset: 2, as: UInt16.self)
    let bytes = block.assumingMemoryBound(to: UInt8.self)
    let levels = levels
    for part in 0..<8 {
      let low = bytes[4 &+ part >> 1] &>> UInt8(truncatingIfNeeded: part & 1 &* 4) & 15
      let top = high &>> UInt16(truncatingIfNeeded: 2 &* part) & 3
      let factor = scale * Float(Int32(low) | Int32(top) << 4 &- 32)
      let codes = bytes + (8 &+ 16 &* part)
      let values = values + 32 &* part
      for index in 0..<16 {
        values[index] = factor * levels[Int(codes[index] & 15)]
        values[index &+ 16] = factor * levels[Int(codes[index] >> 4)]
      }
    }
  }
}
