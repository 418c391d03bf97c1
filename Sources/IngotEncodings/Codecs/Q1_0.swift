import CVectors

/// Q1_0: 128 signs and a scale.
///
/// A byte holds eight neighbours, the first in the lowest bit.
///
///     byte   0        2                                 3          18
///            +--------+---------------------------------+-- ... --+
///            | d: F16 | s7 | s6 | s5 | s4 | ... | s0    |         |     value j = sj = 1 ? d : -d
///            +--------+---------------------------------+-- ... --+
///
/// The scale is the mean magnitude. No value decodes to zero, unless the scale is zero.
///
/// Specification: clause E13.
enum Q1_0: OneScaleCodec, KernelDecoder {
  static let elementsPerBlock = 128
  static let bytesPerBlock = 18
  static let referenceLevel: Float = 1
  static let plan = OneScalePlan(levels: [-1, 1], plain: [1], weighted: [])

  static func kernel(_ set: UnsafePointer<ingot_decoders>) -> ingot_decoder { set.pointee.q1_0 }

  static func decode(_ block: UnsafeRawPointer, into values: UnsafeMutablePointer<Float>) {
    let scale = half(block, at: 0).bitPattern
    let signs = (block + 2).assumingMemoryBound(to: UInt8.self)
    for index in 0..<16 {
      let byte = ~UInt32(signs[index])
      for bit in 0..<8 {
        values[8 &* index &+ bit] = Float(bitPattern: scale ^ (byte << UInt32(31 &- bit)) & 0x8000_0000)
      }
    }
  }

  static func encode(_ values: UnsafePointer<Float>, into block: UnsafeMutableRawPointer) -> Bool {
    // One sum from first to last: floating-point addition in another order gives other bytes.
    var sum: Float = 0
    for index in 0..<128 { sum += values[index].magnitude }
    let signs = (block + 2).assumingMemoryBound(to: UInt8.self)
    for index in 0..<16 {
      var byte: UInt8 = 0
      for bit in 0..<8 where values[8 &* index &+ bit] >= 0 { byte |= 1 << UInt8(bit) }
      signs[index] = byte
    }
    // Not finite, or a sum that overflows: neither fits into the scale.
    return setHalf(sum / 128, block, at: 0)
  }

  @inline(__always)
  static func levels(_ vector: SIMD8<Float>) -> SIMD8<Float> {
    let bits = unsafeBitCast(vector, to: SIMD8<UInt32>.self)
    return unsafeBitCast(bits & 0x8000_0000 | Float(1).bitPattern, to: SIMD8<Float>.self)
  }

  static func look(_ search: inout OneScaleSearch<Self>, effort: SearchEffort) {
    // The reference's own scale: the same sum in another order may round to a neighbour with more error.
    var sum: Float = 0
    for index in 0..<128 { sum += search.input.values[index].magnitude }
    search.consider(search.input.half(sum / 128))
    search.look()
    if effort == .best { search.sweep() }
  }

  static func store(_ scale: UInt16, levels: UnsafePointer<Float>, into block: UnsafeMutableRawPointer) {
    block.storeBytes(of: scale, as: UInt16.self)
    let signs = (block + 2).assumingMemoryBound(to: UInt8.self)
    for index in 0..<16 {
      var byte: UInt8 = 0
      for bit in 0..<8 where levels[8 &* index &+ bit] > 0 { byte |= 1 << UInt8(bit) }
      signs[index] = byte
    }
  }
}
