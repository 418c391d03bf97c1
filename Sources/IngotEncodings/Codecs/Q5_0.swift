/// Q5_0: 32 codes of 5 bits, offset by 16, and a scale.
///
///     byte   0        2                6                    22
///            +--------+----------------+---------- ... -----+
///            | d: F16 | fifth bits     | codes as in Q4_0   |     value j = (qj - 16) · d
///            +--------+----------------+---------- ... -----+
///
/// As in Q4_0, the scale carries the sign of the value that is largest in magnitude. ``FifthBits`` draws the codes.
///
/// Specification: clause E18.
enum Q5_0: QuantizedCodec {
  static let elementsPerBlock = 32
  static let bytesPerBlock = 22

  static func decode(_ block: UnsafeRawPointer, into values: UnsafeMutablePointer<Float>) {
    let scale = half(block, at: 0)
    FifthBits.load(block + 2) { index, low, high in
      values[index] = Float(low &- 16) * scale
      values[index &+ 16] = Float(high &- 16) * scale
    }
  }

  static func encode(_ values: UnsafePointer<Float>, into block: UnsafeMutableRawPointer) -> Bool {
    guard let extreme = BlockValues.extreme(values, count: 32) else { return false }
    let scale = extreme / -16
    let factor = reciprocal(scale)
    if factor.isFinite {
      FifthBits.store({ Rounding.down(min(31, values[$0] * factor + 16.5)) }, into: block + 2)
    } else {
      FifthBits.store({ _ in 0 }, into: block + 2)
    }
    return setHalf(scale, block, at: 0)
  }
}
