import CVectors

/// IQ4_NL: 32 codes of 4 bits for 16 unevenly spaced levels, and a scale.
///
///     byte   0        2          3                    18
///            +--------+----------+----------+-- ... --+
///            | d: F16 | q16 | q0 | q17 | q1 |         |     value j = level(qj) · d
///            +--------+----------+----------+-- ... --+
///                      7 … 4 3…0   bits
///
/// The levels, those of IQ4_XS, lie closer together near zero, where there are more weights. None of them is zero.
///
/// Specification: clause E22.
enum IQ4_NL: OneScaleCodec, KernelDecoder, KernelEncoder {
  static let elementsPerBlock = 32
  static let bytesPerBlock = 18
  static let referenceLevel: Float = -127
  static let plan = OneScalePlan(
    levels: (0..<16).map { IQ4_XS.levels[$0] },
    plain: OneScalePlan.spread(0.75...1.2, 16) + OneScalePlan.spread(0.75...1.2, 16, sign: -1),
    weighted: OneScalePlan.spread(0.5...2, 8) + OneScalePlan.spread(0.5...2, 8, sign: -1))

  static func kernel(_ set: UnsafePointer<ingot_decoders>) -> ingot_decoder { set.pointee.iq4_nl }
  static func encoder(_ set: UnsafePointer<ingot_encoders>) -> ingot_encoder { set.pointee.iq4_nl }
  static func product(_ set: UnsafePointer<ingot_dots>) -> ingot_dot? { set.pointee.iq4_nl }

  static func decode(_ block: UnsafeRawPointer, into values: UnsafeMutablePointer<Float>) {
    let scale = half(block, at: 0)
    let codes = (block + 2).assumingMemoryBound(to: UInt8.self)
    let levels = IQ4_XS.levels
    for index in 0..<16 {
      values[index] = levels[Int(codes[index] & 15)] * scale
      values[index &+ 16] = levels[Int(codes[index] >> 4)] * scale
    }
  }

  static func encode(_ values: UnsafePointer<Float>, into block: UnsafeMutableRawPointer) -> Bool {
    guard let extreme = BlockValues.extreme(values, count: 32) else { return false }
    let scale = extreme / -127
    let factor = finite(reciprocal(scale))
    let codes = (block + 2).assumingMemoryBound(to: UInt8.self)
    for index in 0..<16 {
      codes[index] = code(values[index] * factor) | code(values[index &+ 16] * factor) << 4
    }
    return setHalf(scale, block, at: 0)
  }

  /// The code of the level nearest to a number.
  @inline(__always)
  private static func code(_ number: Float) -> UInt8 {
    var code: UInt8 = 0
    for upper in 1..<16 where number > (IQ4_XS.levels[upper &- 1] + IQ4_XS.levels[upper]) / 2 { code &+= 1 }
    return code
  }

  @inline(__always)
  static func levels(_ vector: SIMD8<Float>) -> SIMD8<Float> { IQ4_XS.levels(vector) }

  static func store(_ scale: UInt16, levels: UnsafePointer<Float>, into block: UnsafeMutableRawPointer) {
    block.storeBytes(of: scale, as: UInt16.self)
    let codes = (block + 2).assumingMemoryBound(to: UInt8.self)
    for index in 0..<16 {
      codes[index] = IQ4_XS.code(of: levels[index]) | IQ4_XS.code(of: levels[index &+ 16]) << 4
    }
  }
}
