import CVectors

/// Q4_K: 8 sub-blocks of 32 codes of 4 bits, each with a scale and a minimum of 6 bits.
///
///     byte   0        2        4                      16                144
///            +--------+--------+----------------------+-- ... ----------+
///            | d: F16 | n: F16 | scales, minimums 12 B | codes 128 B    |     value = (d · s) · q - n · m
///            +--------+--------+----------------------+-- ... ----------+
///
/// The code of value 64h + 32k + l is the low (k = 0) or high half of code byte 32h + l. ``SixBitPairs`` draws the
/// scales.
///
/// Specification: clause E26.
enum Q4_K: MinimumSuperBlock, KernelDecoder {
  static let bytesPerBlock = 144
  static let partSize = 32
  static let largestCode: Int32 = 15
  static let largestScale: Int32 = 63
  static let plan = MinimumSearchPlan(
    balanced: MinimumStarts(
      widths: [0, -1, -0.4, 0.4, 1.2], anchors: [0, 1, 0.5], also: [2, 0.5], refits: 2,
      divisors: [54, 58, 61, 64, 71], depthDivisors: [54, 58, 62, 68], runs: 1, rounds: 3),
    weighted: MinimumStarts(
      widths: [-1, -0.4, 0, 0.5, 1.2, 2], anchors: [0, 1, 0.5], refits: 2,
      divisors: [52, 56, 59, 61.5, 65, 71],
      depthDivisors: [52, 56, 60, 63, 68, 74], runs: 2, rounds: 4),
    best: MinimumStarts(
      widths: [-1, -0.4, 0, 0.5, 1, 1.5, 2, 3], anchors: [0, 1, 0.5, 0.25, 0.75], refits: 3,
      divisors: [46, 50, 53, 56, 58, 60, 61.5, 63, 65, 68, 74, 82],
      depthDivisors: [46, 50, 53, 56, 58, 60, 61.5, 63, 65, 68, 74, 82], runs: 8, rounds: 6))

  static func kernel(_ set: UnsafePointer<ingot_decoders>) -> ingot_decoder { set.pointee.q4_K }
  static func product(_ set: UnsafePointer<ingot_dots>) -> ingot_dot? { set.pointee.q4_K }

  static func decode(_ block: UnsafeRawPointer, into values: UnsafeMutablePointer<Float>) {
    let scale = half(block, at: 0)
    let minimum = half(block, at: 2)
    let bytes = block.assumingMemoryBound(to: UInt8.self)
    for part in 0..<8 {
      let pair = SixBitPairs.load(bytes + 4, part)
      let factor = scale * Float(pair.scale)
      let offset = minimum * Float(pair.minimum)
      let codes = bytes + (16 &+ 32 &* (part >> 1))
      let shift = UInt8(truncatingIfNeeded: part & 1 &* 4)
      let values = values + 32 &* part
      for index in 0..<32 {
        values[index] = factor * Float(Int32(codes[index] &>> shift & 15)) - offset
      }
    }
  }

  static func store(
    _ scales: SuperBlockScales, codes: UnsafePointer<UInt8>, into block: UnsafeMutableRawPointer
  ) {
    block.storeBytes(of: HalfPrecision.bits(scales.scale), toByteOffset: 0, as: UInt16.self)
    block.storeBytes(of: HalfPrecision.bits(scales.minimum), toByteOffset: 2, as: UInt16.self)
    let bytes = block.assumingMemoryBound(to: UInt8.self)
    SixBitPairs.store(scales.scales, scales.minimums, into: bytes + 4)
    for index in 0..<128 {
      let codes = codes + (index >> 5 &* 64 &+ index & 31)
      bytes[16 &+ index] = codes[0] | codes[32] << 4
    }
  }
}
