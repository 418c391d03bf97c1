/// Q8_0: 32 signed 8-bit codes and a scale.
///
///     byte   0        2                                34
///            +--------+------+------+-- ... --+------+
///            | d: F16 |  q0  |  q1  |         |  q31 |     value j = qj · d
///            +--------+------+------+-- ... --+------+
///
/// Specification: clause E9.
enum Q8_0: QuantizedCodec {
  static let elementsPerBlock = 32
  static let bytesPerBlock = 34

  static func decode(_ block: UnsafeRawPointer, into values: UnsafeMutablePointer<Float>) {
    let scale = half(block, at: 0)
    let codes = (block + 2).assumingMemoryBound(to: Int8.self)
    for index in 0..<32 { values[index] = Float(codes[index]) * scale }
  }

  static func encode(_ values: UnsafePointer<Float>, into block: UnsafeMutableRawPointer) -> Bool {
    guard let largest = BlockValues.largestMagnitude(values, count: 32) else { return false }
    let scale = largest / 127
    let factor = finite(reciprocal(scale))
    let codes = (block + 2).assumingMemoryBound(to: Int8.self)
    for index in 0..<32 {
      codes[index] = Int8(truncatingIfNeeded: Rounding.halfAwayFromZero(values[index] * factor))
    }
    return setHalf(scale, block, at: 0)
  }
}
