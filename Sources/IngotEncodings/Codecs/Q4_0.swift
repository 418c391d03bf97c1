import CVectors

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
enum Q4_0: OneScaleCodec, KernelDecoder, KernelEncoder {
  static let elementsPerBlock = 32
  static let bytesPerBlock = 18
  static let referenceLevel: Float = -8
  static let plan = OneScalePlan(
    levels: (-8...7).map { Float($0) },
    plain: [0.815, 0.899, 0.974, 1.036, 1.095, -0.971, -1.033, -1.098],
    weighted: [
      0.5, 0.6, 0.68, 0.76, 0.88, 0.97, 1.06, 1.2, 1.3, 1.45, 1.65, 1.9, 2.3, 2.8, 3.6, 4.8, -1.25, -1.3,
      -1.4, -1.5, -1.7, -2, -2.5, -3.2,
    ])

  static func kernel(_ set: UnsafePointer<ingot_decoders>) -> ingot_decoder { set.pointee.q4_0 }
  static func encoder(_ set: UnsafePointer<ingot_encoders>) -> ingot_encoder { set.pointee.q4_0 }
  static func product(_ set: UnsafePointer<ingot_dots>) -> ingot_dot? { set.pointee.q4_0 }

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

  @inline(__always)
  static func levels(_ vector: SIMD8<Float>) -> SIMD8<Float> { vector.integers(from: -8, to: 7) }

  static func store(_ scale: UInt16, levels: UnsafePointer<Float>, into block: UnsafeMutableRawPointer) {
    block.storeBytes(of: scale, as: UInt16.self)
    let codes = (block + 2).assumingMemoryBound(to: UInt8.self)
    for index in 0..<16 {
      let (low, high) = (Rounding.integer(levels[index]) &+ 8, Rounding.integer(levels[index &+ 16]) &+ 8)
      codes[index] = UInt8(truncatingIfNeeded: low | high << 4)
    }
  }
}
