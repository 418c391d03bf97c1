/// Q4_0: 32 codes of 4 bits, offset by 8, and a scale.
///
/// A byte holds one code of each half of the block.
///
///     byte   0        2          3                    18
///            +--------+----------+----------+-- ... --+
///            | d: F16 | q16 | q0 | q17 | q1 |         |     value j = (qj - 8) · d
///            +--------+----------+----------+-- ... --+
///                      7 … 4 3…0   bits
///
/// The scale carries the sign of the value that is largest in magnitude, so that this value gets the code 0, for
/// which there is no positive counterpart.
///
/// Specification: clause E10.
enum Q4_0: QuantizedCodec {
  static let elementsPerBlock = 32
  static let bytesPerBlock = 18

  static func decode(_ block: UnsafeRawPointer, into values: UnsafeMutablePointer<Float>) {
    let scale = half(block, at: 0)
    let codes = (block + 2).assumingMemoryBound(to: UInt8.self)
    for index in 0..<16 {
      values[index] = Float(Int32(codes[index] & 15) &- 8) * scale
      values[index &+ 16] = Float(Int32(codes[index] >> 4) &- 8) * scale
    }
  }

  static func encode(_ values: UnsafePointer<Float>, into block: UnsafeMutableRawPointer) -> Bool {
    guard let extreme = BlockValues.extreme(values, count: 32) else { return false }
    let scale = extreme / -8
    let factor = reciprocal(scale)
    let codes = (block + 2).assumingMemoryBound(to: UInt8.self)
    guard factor.isFinite else {
      for index in 0..<16 { codes[index] = 0 }
      return setHalf(scale, block, at: 0)
    }
    for index in 0..<16 {
      let low = Rounding.down(min(15, values[index] * factor + 8.5))
      let high = Rounding.down(min(15, values[index &+ 16] * factor + 8.5))
      codes[index] = UInt8(truncatingIfNeeded: low | high << 4)
    }
    return setHalf(scale, block, at: 0)
  }
}
