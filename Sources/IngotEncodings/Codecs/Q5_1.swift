import CVectors

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
enum Q5_1: ScaleAndMinimumCodec, KernelDecoder, KernelEncoder {
  static let elementsPerBlock = 32
  static let bytesPerBlock = 24
  static let highest: Float = 31
  static let plan = ScaleAndMinimumPlan(
    plain: [
      (0.89, 1.08), (0.9, 0.38), (0.91, 0.29), (0.94, 1.12), (0.95, 0.38), (0.96, 0.09), (0.97, 1.2),
      (0.98, -0.14),
      (0.98, 0.55), (0.98, 1.13), (0.99, 0.01), (0.99, 1.2), (1.01, 0.22), (1.01, 0.56), (1.02, -0.12),
      (1.02, 0.98),
    ],
    others: ScaleAndMinimumPlan.grid([1.03, 1.07, 1.12, 1.18], [0, 1])
      + ScaleAndMinimumPlan.grid([0.8, 0.86, 1.25, 1.4, 1.7, 2.1, 2.8, 4], [0, 0.5, 1])
      + ScaleAndMinimumPlan.grid(
        [0.8, 0.84, 0.88, 0.92, 0.955, 0.985, 1.015, 1.045, 1.09, 1.13], [0, 0.25, 0.5, 0.75, 1]))

  static func kernel(_ set: UnsafePointer<ingot_decoders>) -> ingot_decoder { set.pointee.q5_1 }
  static func encoder(_ set: UnsafePointer<ingot_encoders>) -> ingot_encoder { set.pointee.q5_1 }
  static func product(_ set: UnsafePointer<ingot_dots>) -> ingot_dot? { set.pointee.q5_1 }

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

  static func store(
    _ scale: UInt16, _ minimum: UInt16, codes: UnsafePointer<Float>, into block: UnsafeMutableRawPointer
  ) {
    block.storeBytes(of: scale, as: UInt16.self)
    block.storeBytes(of: minimum, toByteOffset: 2, as: UInt16.self)
    FifthBits.store({ Rounding.integer(codes[$0]) }, into: block + 4)
  }
}
