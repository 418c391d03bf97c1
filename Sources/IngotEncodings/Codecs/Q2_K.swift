/// Q2_K: 16 sub-blocks of 16 codes of 2 bits, each with a scale and a minimum of 4 bits.
///
///     byte   0                      16              80       82       84
///            +---------+-- ... --+--+-- ... --------+--------+--------+
///            | m0 | s0 |         |  | codes, 64 B   | d: F16 | n: F16 |     value = (d · s) · q - n · m
///            +---------+-- ... --+--+-- ... --------+--------+--------+
///             7…4  3…0  bits
///
/// The code of value 128h + 32k + l lies in bits 2k and 2k + 1 of code byte 32h + l; its sub-block is the value's
/// index / 16.
///
/// Specification: clause E24. The K encodings are due to llama.cpp's pull request 1684.
enum Q2_K: QuantizedDecoder {
  static let elementsPerBlock = 256
  static let bytesPerBlock = 84

  static func decode(_ block: UnsafeRawPointer, into values: UnsafeMutablePointer<Float>) {
    let scale = half(block, at: 80)
    let minimum = half(block, at: 82)
    let bytes = block.assumingMemoryBound(to: UInt8.self)
    for part in 0..<16 {
      let factor = scale * Float(Int32(bytes[part] & 15))
      let offset = minimum * Float(Int32(bytes[part] >> 4))
      let codes = bytes + (16 &+ 32 &* (part >> 3) &+ 16 &* (part & 1))
      let shift = UInt8(truncatingIfNeeded: part & 6)
      let values = values + 16 &* part
      for index in 0..<16 {
        values[index] = factor * Float(Int32(codes[index] &>> shift & 3)) - offset
      }
    }
  }
}
