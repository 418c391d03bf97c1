/// Q5_1: 32 codes of 5 bits, a scale and a minimum.
///
///     byte   0        2        4                8                    24
///            +--------+--------+----------------+---------- ... -----+
///            | d: F16 | m: F16 | fifth bits     | codes as in Q4_0   |     value j = qj · d + m
///            +--------+--------+----------------+---------- ... -----+
///
/// ``FifthBits`` draws the codes.
///
/// Specification: clause E19.
enum Q5_1: QuantizedCodec {
  static let elementsPerBlock = 32
  static let bytesPerBlock = 24

  static func decode(_ block: UnsafeRawPointer, into values: UnsafeMutablePointer<Float>) {
    let scale = half(block, at: 0)
    let minimum = half(block, at: 2)
    FifthBits.load(block + 4) { index, low, high in
      values[index] = Float(low) * scale + minimum
      values[index &+ 16] = Float(high) * scale + minimum
    }
  }

  static func encode(_ values: UnsafePointer<Float>, into block: UnsafeMutableRawPointer) -> Bool {
    guard let range = BlockValues.range(values, count: 32) else { return false }
    let scale = (range.highest - range.lowest) / 31
    let factor = finite(reciprocal(scale))
    FifthBits.store(
      { Rounding.down(min(31, (values[$0] - range.lowest) * factor + 0.5)) }, into: block + 4)
    let scaleFits = setHalf(scale, block, at: 0)
    return setHalf(range.lowest, block, at: 2) && scaleFits
  }
}
