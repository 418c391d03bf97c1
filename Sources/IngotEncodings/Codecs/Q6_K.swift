/// Q6_K: 16 sub-blocks of 16 codes of 6 bits, each with a scale of 8 bits.
///
///     byte   0               128             192          208      210
///            +---------------+---------------+------------+--------+
///            | low four bits | high two bits | s, 16 Int8 | d: F16 |     value = (d · s) · (q - 32)
///            +---------------+---------------+------------+--------+
///
/// The code of value 128h + 32k + l has its low bits in the low (k < 2) or high half of byte 64h + 32(k mod 2) + l, and its
/// high bits in bits 2k and 2k + 1 of byte 128 + 32h + l.
///
/// Specification: clause E28.
enum Q6_K: QuantizedDecoder {
  static let elementsPerBlock = 256
  static let bytesPerBlock = 210

  static func decode(_ block: UnsafeRawPointer, into values: UnsafeMutablePointer<Float>) {
    let scale = half(block, at: 208)
    let bytes = block.assumingMemoryBound(to: UInt8.self)
    for part in 0..<16 {
      let factor = scale * Float(Int32(Int8(bitPattern: bytes[192 &+ part])))
      let column = 16 &* (part & 1)
      let lowBits = bytes + (64 &* (part >> 3) &+ 32 &* (part >> 1 & 1) &+ column)
      let highBits = bytes + (128 &+ 32 &* (part >> 3) &+ column)
      let lowShift = UInt8(truncatingIfNeeded: part & 4)
      let highShift = UInt8(truncatingIfNeeded: part & 6)
      let values = values + 16 &* part
      for index in 0..<16 {
        let code = lowBits[index] &>> lowShift & 15 | (highBits[index] &>> highShift & 3) << 4
        values[index] = factor * Float(Int32(code) &- 32)
      }
    }
  }
}
