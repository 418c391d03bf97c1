import CVectors

/// Q5_K: 8 sub-blocks of 32 codes of 5 bits, each with a scale and a minimum of 6 bits.
///
///     byte   0        2        4                       16          48               176
///            +--------+--------+-----------------------+-----------+----------------+
///            | d: F16 | n: F16 | scales, minimums 12 B | high bits | low four bits  |     value = (d · s) · q - n · m
///            +--------+--------+-----------------------+-----------+----------------+
///
/// The code of value 64h + 32k + l has its low bits in the low (k = 0) or high half of byte 48 + 32h + l, and its high bit
/// in bit 2h + k of byte 16 + l. ``SixBitPairs`` draws the scales.
///
/// Specification: clause E27.
enum Q5_K: MinimumSuperBlock, KernelDecoder {
  static let bytesPerBlock = 176
  static let partSize = 32
  static let largestCode: Int32 = 31
  static let largestScale: Int32 = 63
  static let plan = MinimumSearchPlan(
    balanced: MinimumStarts(
      widths: [0, -1, -0.4, 0.4, 1.2], anchors: [0, 1, 0.5], also: [2, 0.5], refits: 2,
      divisors: [53, 56, 59, 61, 63], depthDivisors: [54, 58, 61, 63], runs: 1, rounds: 3),
    weighted: MinimumStarts(
      widths: [-1, -0.4, 0, 0.5, 1.2, 2], anchors: [0, 1, 0.5], refits: 2,
      divisors: [51, 54.5, 57.5, 60.5, 63, 67],
      depthDivisors: [51, 55, 58.5, 62, 65, 70], runs: 2, rounds: 4),
    best: MinimumStarts(
      widths: [-1, -0.4, 0, 0.5, 1, 1.5, 2, 3], anchors: [0, 1, 0.5, 0.25, 0.75], refits: 3,
      divisors: [44, 48, 51, 53, 55, 57, 59, 60.5, 62, 63, 66, 74],
      depthDivisors: [44, 48, 51, 53, 55, 57, 59, 60.5, 62, 63, 66, 74], runs: 8, rounds: 6))

  static func kernel(_ set: UnsafePointer<ingot_decoders>) -> ingot_decoder { set.pointee.q5_K }
  static func product(_ set: UnsafePointer<ingot_dots>) -> ingot_dot? { set.pointee.q5_K }

  static func decode(_ block: UnsafeRawPointer, into values: UnsafeMutablePointer<Float>) {
    let scale = half(block, at: 0)
    let minimum = half(block, at: 2)
    let bytes = block.assumingMemoryBound(to: UInt8.self)
    for part in 0..<8 {
      let pair = SixBitPairs.load(bytes + 4, part)
      let factor = scale * Float(pair.scale)
      let offset = minimum * Float(pair.minimum)
      let lowBits = bytes + (48 &+ 32 &* (part >> 1))
      let highBits = bytes + 16
      let shift = UInt8(truncatingIfNeeded: part & 1 &* 4)
      let plane = UInt8(truncatingIfNeeded: part)
      let values = values + 32 &* part
      for index in 0..<32 {
        let code = lowBits[index] &>> shift & 15 | (highBits[index] &>> plane & 1) << 4
        values[index] = factor * Float(Int32(code)) - offset
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
    for index in 0..<32 {
      bytes[16 &+ index] = 0
      for part in 0..<8 {
        bytes[16 &+ index] |= (codes[32 &* part &+ index] >> 4) &<< UInt8(truncatingIfNeeded: part)
      }
    }
    for index in 0..<128 {
      let codes = codes + (index >> 5 &* 64 &+ index & 31)
      bytes[48 &+ index] = codes[0] & 15 | codes[32] << 4
    }
  }
}
