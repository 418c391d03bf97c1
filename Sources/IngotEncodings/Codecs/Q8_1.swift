/// Q8_1: 32 signed codes of 8 bits, a scale, and the scale times the sum of the codes.
///
///     byte   0        2        4    5            36
///            +--------+--------+----+----+-- ... --+
///            | d: F16 | s: F16 | q0 | q1 |         |     value j = qj · d
///            +--------+--------+----+----+-- ... --+
///
/// An operand of dot products at run time, which s makes cheaper; nobody chooses it for a file.
///
/// Specification: clause E29.
enum Q8_1: QuantizedDecoder {
  static let elementsPerBlock = 32
  static let bytesPerBlock = 36

  static func decode(_ block: UnsafeRawPointer, into values: UnsafeMutablePointer<Float>) {
    let scale = half(block, at: 0)
    let codes = (block + 4).assumingMemoryBound(to: Int8.self)
    for index in 0..<32 { values[index] = Float(Int32(codes[index])) * scale }
  }
}
