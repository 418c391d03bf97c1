import CVectors

/// Q2_0: 64 codes of 2 bits, offset by 1, and a scale.
///
/// A byte holds four neighbours, the first in the lowest bits.
///
///     byte   0        2                   3                   18
///            +--------+-------------------+-------------------+-- ... --+
///            | d: F16 | q3 | q2 | q1 | q0 | q7 | q6 | q5 | q4 |         |     value j = (qj - 1) · d
///            +--------+-------------------+-------------------+-- ... --+
///                      7 6  5 4  3 2  1 0   bits
///
/// The reference encoder uses only the codes 0, 1 and 2: -d, 0 and d. The code 3 stands for 2d.
///
/// Specification: clause E12.
enum Q2_0: OneScaleCodec, KernelDecoder, KernelEncoder {
  static let elementsPerBlock = 64
  static let bytesPerBlock = 18
  static let referenceLevel: Float = 1
  private static let tail: [Float] = [
    0.33, 0.52, 0.74, 0.95, 1.2, 1.4, 1.6, 1.85, 2.2, 2.5, 2.9, 3.5, 4.3, 5.5, 7, 9.5,
  ]
  static let plan = OneScalePlan(
    levels: [-1, 0, 1, 2],
    plain: OneScalePlan.spread(0.4...2, 8) + OneScalePlan.spread(0.4...2, 8, sign: -1),
    weighted: tail + tail.map { -$0 })

  static func kernel(_ set: UnsafePointer<ingot_decoders>) -> ingot_decoder { set.pointee.q2_0 }
  static func encoder(_ set: UnsafePointer<ingot_encoders>) -> ingot_encoder { set.pointee.q2_0 }
  static func product(_ set: UnsafePointer<ingot_dots>) -> ingot_dot? { set.pointee.q2_0 }

  static func decode(_ block: UnsafeRawPointer, into values: UnsafeMutablePointer<Float>) {
    let scale = half(block, at: 0)
    let codes = (block + 2).assumingMemoryBound(to: UInt8.self)
    for index in 0..<16 {
      let byte = Int32(codes[index])
      values[4 &* index] = Float((byte & 3) &- 1) * scale
      values[4 &* index &+ 1] = Float((byte >> 2 & 3) &- 1) * scale
      values[4 &* index &+ 2] = Float((byte >> 4 & 3) &- 1) * scale
      values[4 &* index &+ 3] = Float((byte >> 6) &- 1) * scale
    }
  }

  static func encode(_ values: UnsafePointer<Float>, into block: UnsafeMutableRawPointer) -> Bool {
    guard let scale = BlockValues.largestMagnitude(values, count: 64) else { return false }
    let factor = reciprocal(scale)
    let codes = (block + 2).assumingMemoryBound(to: UInt8.self)
    guard factor.isFinite else {
      for index in 0..<16 { codes[index] = 0 }
      return setHalf(scale, block, at: 0)
    }
    for index in 0..<16 {
      var byte: Int32 = 0
      for place in 0..<4 {
        byte |= (Rounding.ternary(values[4 &* index &+ place] * factor) &+ 1) << Int32(2 &* place)
      }
      codes[index] = UInt8(truncatingIfNeeded: byte)
    }
    return setHalf(scale, block, at: 0)
  }

  @inline(__always)
  static func levels(_ vector: SIMD8<Float>) -> SIMD8<Float> { vector.integers(from: -1, to: 2) }

  static func store(_ scale: UInt16, levels: UnsafePointer<Float>, into block: UnsafeMutableRawPointer) {
    block.storeBytes(of: scale, as: UInt16.self)
    let codes = (block + 2).assumingMemoryBound(to: UInt8.self)
    for index in 0..<16 {
      var byte: Int32 = 0
      for place in 0..<4 { byte |= (Rounding.integer(levels[4 &* index &+ place]) &+ 1) << Int32(2 &* place) }
      codes[index] = UInt8(truncatingIfNeeded: byte)
    }
  }
}
