import CVectors

/// Q4_1: 32 codes of 4 bits, a scale and a minimum.
///
/// A byte holds one code of each half of the block.
///
///     byte   0        2        4          5                    20
///            +--------+--------+----------+----------+-- ... --+
///            | d: F16 | m: F16 | q16 | q0 | q17 | q1 |         |     value j = qj · d + m
///            +--------+--------+----------+----------+-- ... --+
///                               7 … 4 3…0   bits
///
/// Specification: clause E11.
enum Q4_1: ScaleAndMinimumCodec, KernelDecoder, KernelEncoder {
  static let elementsPerBlock = 32
  static let bytesPerBlock = 20
  static let highest: Float = 15
  static let plan = ScaleAndMinimumPlan(
    plain: [
      (0.91, 0.62), (0.94, 0.49), (0.95, 1.2), (1.03, 0.13), (1.03, 0.5), (1.03, 0.91), (1.03, 1.2),
      (1.04, -0.05),
    ],
    others: ScaleAndMinimumPlan.grid([1.05, 1.12, 1.2, 1.28], [0, 1])
      + ScaleAndMinimumPlan.grid([0.88, 1.4, 1.55, 1.8, 2.2, 2.8, 3.5, 4.5], [0, 0.5, 1])
      + ScaleAndMinimumPlan.grid([0.92, 0.97, 1.02, 1.08, 1.13, 1.18, 1.24, 1.3], [0, 0.25, 0.5, 0.75, 1]))

  static func kernel(_ set: UnsafePointer<ingot_decoders>) -> ingot_decoder { set.pointee.q4_1 }
  static func encoder(_ set: UnsafePointer<ingot_encoders>) -> ingot_encoder { set.pointee.q4_1 }
  static func product(_ set: UnsafePointer<ingot_dots>) -> ingot_dot? { set.pointee.q4_1 }

  static func decode(_ block: UnsafeRawPointer, into values: UnsafeMutablePointer<Float>) {
    let scale = half(block, at: 0)
    let minimum = half(block, at: 2)
    let codes = (block + 4).assumingMemoryBound(to: UInt8.self)
    for index in 0..<16 {
      values[index] = Float(codes[index] & 15) * scale + minimum
      values[index &+ 16] = Float(codes[index] >> 4) * scale + minimum
    }
  }

  static func encode(_ values: UnsafePointer<Float>, into block: UnsafeMutableRawPointer) -> Bool {
    guard let range = BlockValues.range(values, count: 32) else { return false }
    let scale = (range.highest - range.lowest) / 15
    let factor = finite(reciprocal(scale))
    let codes = (block + 4).assumingMemoryBound(to: UInt8.self)
    for index in 0..<16 {
      let low = Rounding.down(min(15, (values[index] - range.lowest) * factor + 0.5))
      let high = Rounding.down(min(15, (values[index &+ 16] - range.lowest) * factor + 0.5))
      codes[index] = UInt8(truncatingIfNeeded: low | high << 4)
    }
    let scaleFits = setHalf(scale, block, at: 0)
    return setHalf(range.lowest, block, at: 2) && scaleFits
  }

  static func store(
    _ scale: UInt16, _ minimum: UInt16, codes: UnsafePointer<Float>, into block: UnsafeMutableRawPointer
  ) {
    block.storeBytes(of: scale, as: UInt16.self)
    block.storeBytes(of: minimum, toByteOffset: 2, as: UInt16.self)
    let bytes = (block + 4).assumingMemoryBound(to: UInt8.self)
    for index in 0..<16 {
      bytes[index] = UInt8(
        truncatingIfNeeded: Rounding.integer(codes[index]) | Rounding.integer(codes[index &+ 16]) << 4)
    }
  }
}
