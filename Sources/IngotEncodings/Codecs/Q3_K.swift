/// Q3_K: 16 sub-blocks of 16 codes of 3 bits, each with a scale of 6 bits.
///
///     byte   0            32             96            108      110
///            +------------+--------------+-------------+--------+
///            | high bits  | low two bits | scales 12 B | d: F16 |     value = (d · (s - 32)) · (q - 4)
///            +------------+--------------+-------------+--------+
///
/// The code of value 128h + 32k + l has its low bits in bits 2k and 2k + 1 of byte 32 + 32h + l, and its high bit in bit
/// 4h + k of byte l. The scale of sub-block i has its low four bits in the low (i < 8) or high half of scale byte i mod 8,
/// and its high two in bits 2⌊i/4⌋ and 2⌊i/4⌋ + 1 of scale byte 8 + i mod 4.
///
/// Specification: clause E25.
enum Q3_K: QuantizedDecoder {
  static let elementsPerBlock = 256
  static let bytesPerBlock = 110

  static func decode(_ block: UnsafeRawPointer, into values: UnsafeMutablePointer<Float>) {
    let scale = half(block, at: 108)
    let bytes = block.assumingMemoryBound(to: UInt8.self)
    let scales = bytes + 96
    for part in 0..<16 {
      let low = scales[part & 7] &>> UInt8(truncatingIfNeeded: part >> 3 &* 4) & 15
      let high = scales[8 &+ part & 3] &>> UInt8(truncatingIfNeeded: part >> 2 &* 2) & 3
      let factor = scale * Float(Int32(low | high << 4) &- 32)
      let column = 16 &* (part & 1)
      let lowBits = bytes + (32 &+ 32 &* (part >> 3) &+ column)
      let highBits = bytes + column
      let shift = UInt8(truncatingIfNeeded: part & 6)
      let plane = UInt8(truncatingIfNeeded: part >> 1)
      let values = values + 16 &* part
      for index in 0..<16 {
        let code = lowBits[index] &>> shift & 3 | (highBits[index] &>> plane & 1) << 2
        values[index] = factor * Float(Int32(code) &- 4)
      }
    }
  }
}
