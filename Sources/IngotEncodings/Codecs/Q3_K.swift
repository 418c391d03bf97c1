import CVectors

/// Q3_K: 16 sub-blocks of 16 codes of 3 bits, each with a scale of 6 bits.
///
///     byte   0            32             96            108      110
///            +------------+--------------+-------------+--------+
///            | high bits  | low two bits | scales 12 B | d: F16 |     value = (d · (s - 32)) · (q - 4)
///            +------------+--------------+-------------+--------+
///
/// The code of value 128h + 32k + l has its low bits in bits 2k and 2k + 1 of byte 32 + 32h + l, and its high bit in bit
/// 4h + k of byte l. The scale of sub-block i has its low four bits in the low (i < 8) or high half of scale byte i mod 8,
/// and its high two in bits 2⌊i/4⌋ and 2⌊i/4⌋ + 1 of scale byte 8 + i mod 4.
///
/// Specification: clause E25.
enum Q3_K: LevelSuperBlock, KernelDecoder {
  static let bytesPerBlock = 110
  static let partSize = 16
  static let extremeLevel: Float = -4
  static let scaleRange: Int32 = 32
  static let plan = LevelSearchPlan(
    levels: ingot_levels(kind: ingot_levels_integers, lowest: -4, highest: 3),
    balanced: LevelStarts(
      factors: [0.7, 0.85, 1, 1.15, 1.3, 1.55, -0.7, -0.85, -1, -1.15, -1.3, -1.55], coarse: [0.25, 0.5],
      divisors: [22, 24, 26, 28, 30, 31, 34, 40], runs: 1, rounds: 3),
    best: LevelStarts(
      factors: [
        0.7, 0.8, 0.9, 0.95, 1, 1.05, 1.1, 1.15, 1.2, 1.3, 1.4, 1.5, 1.7, -0.7, -0.8, -0.9,
        -0.95, -1, -1.05, -1.1, -1.15, -1.2, -1.3, -1.4, -1.5, -1.7,
      ],
      coarse: [0.25, 0.5, 0.75],
      divisors: [
        16, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 30.5, 31, 31.5, 32, 34, 36, 40, 45, 52,
      ], runs: 8,
      rounds: 6))

  static func kernel(_ set: UnsafePointer<ingot_decoders>) -> ingot_decoder { set.pointee.q3_K }
  static func product(_ set: UnsafePointer<ingot_dots>) -> ingot_dot? { set.pointee.q3_K }

  static func decode(_ block: UnsafeRawPointer, into values: UnsafeMutablePointer<Float>) {
    let scale = half(block, at: 108)
    let bytes = block.assumingMemoryBound(to: UInt8.self)
    let scales = bytes + 96
    for part in 0..<16 {
      let low = scales[part & 7] &>> UInt8(truncatingIfNeeded: part >> 3 &* 4) & 15
      let high = scales[8 &+ part & 3] &>> UInt8(truncatingIfNeeded: part >> 2 &* 2) & 3
      let factor = scale * Float(Int32(low | high << 4) &- 32)
      let column = 16 &* (part & 1)
      let lowBits = bytes + (32 &+ 32 &* (part >> 3) &+ column)
      let highBits = bytes + column
      let shift = UInt8(truncatingIfNeeded: part & 6)
      let plane = UInt8(truncatingIfNeeded: part >> 1)
      let values = values + 16 &* part
      for index in 0..<16 {
        let code = lowBits[index] &>> shift & 3 | (highBits[index] &>> plane & 1) << 2
        values[index] = factor * Float(Int32(code) &- 4)
      }
    }
  }

  @inline(__always)
  static func levels(_ vector: SIMD8<Float>) -> SIMD8<Float> {
    (vector + 4).limited(0, 7).roundedToEven - 4
  }

  static func store(
    _ scales: SuperBlockScales, levels: UnsafePointer<SIMD8<Float>>, into block: UnsafeMutableRawPointer
  ) {
    let bytes = block.assumingMemoryBound(to: UInt8.self)
    block.storeBytes(of: HalfPrecision.bits(scales.scale), toByteOffset: 108, as: UInt16.self)
    for index in 0..<4 {
      let (first, second) = (scales.scales[index] &+ 32, scales.scales[index &+ 4] &+ 32)
      let (third, fourth) = (scales.scales[index &+ 8] &+ 32, scales.scales[index &+ 12] &+ 32)
      bytes[96 &+ index] = UInt8(truncatingIfNeeded: first & 15 | third << 4)
      bytes[100 &+ index] = UInt8(truncatingIfNeeded: second & 15 | fourth << 4)
      let high = first >> 4 | (second >> 4) << 2 | (third >> 4) << 4 | (fourth >> 4) << 6
      bytes[104 &+ index] = UInt8(truncatingIfNeeded: high)
    }
    withCodes(levels, lowest: -4) { codes in
      for index in 0..<32 {
        var high: UInt8 = 0
        for half in 0..<2 {
          let codes = codes + (128 &* half &+ index)
          let (first, second, third, fourth) = (codes[0], codes[32], codes[64], codes[96])
          bytes[32 &+ 32 &* half &+ index] =
            first & 3 | (second & 3) << 2 | (third & 3) << 4 | (fourth & 3) << 6
          let planes = first >> 2 | (second >> 2) << 1 | (third >> 2) << 2 | (fourth >> 2) << 3
          high |= planes << (4 &* UInt8(truncatingIfNeeded: half))
        }
        bytes[index] = high
      }
    }
  }
}
