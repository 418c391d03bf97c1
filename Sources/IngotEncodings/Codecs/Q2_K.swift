import CVectors

/// Q2_K: 16 sub-blocks of 16 codes of 2 bits, each with a scale and a minimum of 4 bits.
///
///     byte   0                      16              80       82       84
///            +---------+-- ... --+--+-- ... --------+--------+--------+
///            | m0 | s0 |         |  | codes, 64 B   | d: F16 | n: F16 |     value = (d · s) · q - n · m
///            +---------+-- ... --+--+-- ... --------+--------+--------+
///             7…4  3…0  bits
///
/// The code of value 128h + 32k + l lies in bits 2k and 2k + 1 of code byte 32h + l; its sub-block is the value's
/// index / 16.
///
/// Specification: clause E24. The K encodings are due to llama.cpp's pull request 1684.
enum Q2_K: MinimumSuperBlock, KernelDecoder {
  static let bytesPerBlock = 84
  static let partSize = 16
  static let largestCode: Int32 = 3
  static let largestScale: Int32 = 15
  static let plan = MinimumSearchPlan(
    balanced: MinimumStarts(
      widths: [0, 0.5, 1], anchors: [0, 1, 0.5], also: [-1, 0], refits: 1,
      divisors: [10.8, 12.4, 13.8, 15.2, 16.8, 19.5], depthDivisors: [11, 12.5, 13.9, 15.3, 16.8, 19.5],
      runs: 1,
      rounds: 3),
    weighted: MinimumStarts(
      widths: [0, 0.4, 0.8, 1.4], anchors: [0, 1, 0.5], also: [-1, 0, -0.4, 0.5], refits: 1,
      divisors: [11, 12.8, 14.5, 16.5, 19.5], depthDivisors: [11, 12.5, 14, 15.5, 17, 20], runs: 2, rounds: 3),
    best: MinimumStarts(
      widths: [-1, -0.4, 0, 0.3, 0.7, 1.1, 1.6], anchors: [0, 1, 0.5, 0.25, 0.75], refits: 2,
      divisors: [7, 8.5, 10, 11, 12, 13, 14, 15, 16, 17, 19, 22],
      depthDivisors: [7, 8.5, 10, 11, 12, 13, 14, 15, 16, 17, 19, 22],
      runs: 8, rounds: 6))

  static func kernel(_ set: UnsafePointer<ingot_decoders>) -> ingot_decoder { set.pointee.q2_K }
  static func product(_ set: UnsafePointer<ingot_dots>) -> ingot_dot? { set.pointee.q2_K }

  static func decode(_ block: UnsafeRawPointer, into values: UnsafeMutablePointer<Float>) {
    let scale = half(block, at: 80)
    let minimum = half(block, at: 82)
    let bytes = block.assumingMemoryBound(to: UInt8.self)
    for part in 0..<16 {
      let factor = scale * Float(Int32(bytes[part] & 15))
      let offset = minimum * Float(Int32(bytes[part] >> 4))
      let codes = bytes + (16 &+ 32 &* (part >> 3) &+ 16 &* (part & 1))
      let shift = UInt8(truncatingIfNeeded: part & 6)
      let values = values + 16 &* part
      for index in 0..<16 {
        values[index] = factor * Float(Int32(codes[index] &>> shift & 3)) - offset
      }
    }
  }

  static func store(
    _ scales: SuperBlockScales, codes: UnsafePointer<UInt8>, into block: UnsafeMutableRawPointer
  ) {
    block.storeBytes(of: HalfPrecision.bits(scales.scale), toByteOffset: 80, as: UInt16.self)
    block.storeBytes(of: HalfPrecision.bits(scales.minimum), toByteOffset: 82, as: UInt16.self)
    let bytes = block.assumingMemoryBound(to: UInt8.self)
    for part in 0..<16 {
      bytes[part] = UInt8(truncatingIfNeeded: scales.scales[part] | scales.minimums[part] << 4)
    }
    for index in 0..<64 {
      let codes = codes + (index >> 5 &* 128 &+ index & 31)
      bytes[16 &+ index] = codes[0] | codes[32] << 2 | codes[64] << 4 | codes[96] << 6
    }
  }
}
