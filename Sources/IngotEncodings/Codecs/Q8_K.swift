/// Q8_K: 256 signed codes of 8 bits, a scale, and the sums of 16 codes each.
///
///     byte   0        4    5            260                 292
///            +--------+----+----+-- ... --+------------------+
///            | d: F32 | q0 | q1 |         | sums: 16 × Int16 |     value j = d · qj
///            +--------+----+----+-- ... --+------------------+
///
/// An operand of dot products at run time, which the sums make cheaper; nobody chooses it for a file.
///
/// Specification: clause E30.
enum Q8_K: QuantizedDecoder {
  static let elementsPerBlock = 256
  static let bytesPerBlock = 292

  static func decode(_ block: UnsafeRawPointer, into values: UnsafeMutablePointer<Float>) {
    let scale = Float(bitPattern: block.loadUnaligned(as: UInt32.self))
    let codes = (block + 4).assumingMemoryBound(to: Int8.self)
    for index in 0..<256 { values[index] = scale * Float(Int32(codes[index])) }
  }
}
