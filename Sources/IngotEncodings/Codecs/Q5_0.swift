import CVectors

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
enum Q5_0: OneScaleCodec, KernelDecoder, KernelEncoder {
  static let elementsPerBlock = 32
  static let bytesPerBlock = 22
  static let referenceLevel: Float = -16
  static let plan = OneScalePlan(
    levels: (-16...15).map { Float($0) },
    plain: [
      0.817, 0.869, 0.891, 0.909, 0.93, 0.985, 1, 1.011, 1.034, -0.951, -0.97, -0.982, -0.999, -1.016, -1.03,
      -1.067,
    ],
    weighted: [
      0.6, 0.72, 0.8, 0.85, 0.88, 0.91, 1.15, 1.2, 1.3, 1.45, 1.65, 1.9, 2.3, 2.8, 3.6, 4.8, -1.15, -1.25,
      -1.4, -1.5, -1.7, -2, -2.5, -3.2,
    ])

  static func kernel(_ set: UnsafePointer<ingot_decoders>) -> ingot_decoder { set.pointee.q5_0 }
  static func encoder(_ set: UnsafePointer<ingot_encoders>) -> ingot_encoder { set.pointee.q5_0 }
  static func product(_ set: UnsafePointer<ingot_dots>) -> ingot_dot? { set.pointee.q5_0 }

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

  @inline(__always)
  static func levels(_ vector: SIMD8<Float>) -> SIMD8<Float> { vector.integers(from: -16, to: 15) }

  static func store(_ scale: UInt16, levels: UnsafePointer<Float>, into block: UnsafeMutableRawPointer) {
    block.storeBytes(of: scale, as: UInt16.self)
    FifthBits.store({ Rounding.integer(levels[$0]) &+ 16 }, into: block + 2)
  }
}
