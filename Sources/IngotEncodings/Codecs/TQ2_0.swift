import CVectors

/// TQ2_0: 256 codes of 2 bits, offset by 1, and a scale.
///
/// A byte holds four codes 32 values apart, the first in the lowest bits: the first 32 bytes hold values 0 to 127,
/// the other 32 bytes values 128 to 255.
///
///     byte   0                       1                              64      66
///            +-----------------------+-----------------------+- ... +--------+
///            | q96 | q64 | q32 | q0  | q97 | q65 | q33 | q1  |      | d: F16 |     value j = (qj - 1) · d
///            +-----------------------+-----------------------+- ... +--------+
///              7 6   5 4   3 2   1 0   bits
///
/// The encoder uses only the codes 0, 1 and 2: -d, 0 and d. The code 3 stands for 2d.
///
/// Specification: clause E15.
enum TQ2_0: OneScaleCodec, KernelDecoder, KernelEncoder {
  static let elementsPerBlock = 256
  static let bytesPerBlock = 66
  static let referenceLevel: Float = 1
  static let plan = OneScalePlan(
    levels: [-1, 0, 1], plain: OneScalePlan.spread(0.5...2.6, 16) + [2.9, 3.3, 3.8, 4.5, 5.5, 7, 9, 12],
    weighted: [])

  static func kernel(_ set: UnsafePointer<ingot_decoders>) -> ingot_decoder { set.pointee.tq2_0 }
  static func encoder(_ set: UnsafePointer<ingot_encoders>) -> ingot_encoder { set.pointee.tq2_0 }
  static func product(_ set: UnsafePointer<ingot_dots>) -> ingot_dot? { set.pointee.tq2_0 }

  static func decode(_ block: UnsafeRawPointer, into values: UnsafeMutablePointer<Float>) {
    let scale = half(block, at: 64)
    for part in 0..<2 {
      let codes = (block + 32 &* part).assumingMemoryBound(to: UInt8.self)
      for place in 0..<4 {
        let values = values + (128 &* part &+ 32 &* place)
        for index in 0..<32 {
          values[index] = Float(Int32(codes[index] >> UInt8(2 &* place) & 3) &- 1) * scale
        }
      }
    }
  }

  static func encode(_ values: UnsafePointer<Float>, into block: UnsafeMutableRawPointer) -> Bool {
    guard let scale = BlockValues.largestMagnitude(values, count: 256) else { return false }
    let factor = finite(reciprocal(scale))
    for part in 0..<2 {
      let values = values + 128 &* part
      let codes = (block + 32 &* part).assumingMemoryBound(to: UInt8.self)
      for index in 0..<32 {
        var byte: Int32 = 0
        for place in 0..<4 {
          byte |= (Rounding.ternary(values[32 &* place &+ index] * factor) &+ 1) << Int32(2 &* place)
        }
        codes[index] = UInt8(truncatingIfNeeded: byte)
      }
    }
    return setHalf(scale, block, at: 64)
  }

  @inline(__always)
  static func levels(_ vector: SIMD8<Float>) -> SIMD8<Float> { vector.integers(from: -1, to: 1) }

  static func store(_ scale: UInt16, levels: UnsafePointer<Float>, into block: UnsafeMutableRawPointer) {
    block.storeBytes(of: scale, toByteOffset: 64, as: UInt16.self)
    for part in 0..<2 {
      let levels = levels + 128 &* part
      let codes = (block + 32 &* part).assumingMemoryBound(to: UInt8.self)
      for index in 0..<32 {
        var byte: Int32 = 0
        for place in 0..<4 {
          byte |= (Rounding.integer(levels[32 &* place &+ index]) &+ 1) << Int32(2 &* place)
        }
        codes[index] = UInt8(truncatingIfNeeded: byte)
      }
    }
  }
}
