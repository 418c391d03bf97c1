import CVectors

/// Q8_0: 32 signed 8-bit codes and a scale.
///
///     byte   0        2                                34
///            +--------+------+------+-- ... --+------+
///            | d: F16 |  q0  |  q1  |         |  q31 |     value j = qj · d
///            +--------+------+------+-- ... --+------+
///
/// Specification: clause E9.
enum Q8_0: OneScaleCodec, KernelDecoder, KernelEncoder {
  static let elementsPerBlock = 32
  static let bytesPerBlock = 34
  static let referenceLevel: Float = 127
  static let plan = OneScalePlan(
    levels: (-128...127).map { Float($0) },
    plain: [0.999, 1.003, 1.007, 1.012, -0.9985, -1.001, -1.005, -1.01]
      + OneScalePlan.spread(0.84...0.9955, 32),
    weighted: OneScalePlan.spread(0.6...0.82, 16) + OneScalePlan.spread(1.02...1.3, 8),
    nearby: [-0.002, -0.0015, -0.001, -0.0005, 0.0005, 0.001, 0.0015, 0.002])

  static func kernel(_ set: UnsafePointer<ingot_decoders>) -> ingot_decoder { set.pointee.q8_0 }
  static func encoder(_ set: UnsafePointer<ingot_encoders>) -> ingot_encoder { set.pointee.q8_0 }
  static func product(_ set: UnsafePointer<ingot_dots>) -> ingot_dot? { set.pointee.q8_0 }

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

  @inline(__always)
  static func levels(_ vector: SIMD8<Float>) -> SIMD8<Float> { vector.integers(from: -128, to: 127) }

  static func look(_ search: inout OneScaleSearch<Self>, effort: SearchEffort) {
    search.scanSome()
    if effort == .best { search.scanAll() }
  }

  static func store(_ scale: UInt16, levels: UnsafePointer<Float>, into block: UnsafeMutableRawPointer) {
    block.storeBytes(of: scale, as: UInt16.self)
    let codes = (block + 2).assumingMemoryBound(to: Int8.self)
    for index in 0..<32 { codes[index] = Int8(truncatingIfNeeded: Rounding.integer(levels[index])) }
  }
}
