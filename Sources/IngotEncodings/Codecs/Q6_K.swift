import CVectors

/// Q6_K: 16 sub-blocks of 16 codes of 6 bits, each with a scale of 8 bits.
///
///     byte   0               128             192          208      210
///            +---------------+---------------+------------+--------+
///            | low four bits | high two bits | s, 16 Int8 | d: F16 |     value = (d · s) · (q - 32)
///            +---------------+---------------+------------+--------+
///
/// The code of value 128h + 32k + l has its low bits in the low (k < 2) or high half of byte 64h + 32(k mod 2) + l, and its
/// high bits in bits 2k and 2k + 1 of byte 128 + 32h + l.
///
/// Specification: clause E28.
enum Q6_K: LevelSuperBlock, KernelDecoder {
  static let bytesPerBlock = 210
  static let partSize = 16
  static let extremeLevel: Float = -32
  static let scaleRange: Int32 = 128
  static let plan = LevelSearchPlan(
    levels: ingot_levels(kind: ingot_levels_integers, lowest: -32, highest: 31),
    balanced: LevelStarts(
      factors: [
        0.83, 0.87, 0.9, 0.93, 0.95, 0.97, 0.99, 1.02, 1.06, -0.85, -0.885, -0.915, -0.94, -0.96, -0.98,
        -1.005, -1.04,
        -1.08,
      ], coarse: [0.03125], divisors: [108, 113, 117, 121, 124, 126], runs: 1, rounds: 2),
    best: LevelStarts(
      factors: [
        0.7, 0.74, 0.78, 0.82, 0.84, 0.86, 0.88, 0.9, 0.91, 0.92, 0.93, 0.94, 0.95, 0.96, 0.97, 0.98, 0.99, 1,
        1.01, 1.02,
        1.03, 1.05, 1.07, 1.1, 1.14, 1.2, 1.3, -0.7, -0.74, -0.78, -0.82, -0.84, -0.86, -0.88,
        -0.9, -0.91, -0.92, -0.93, -0.94, -0.95, -0.96, -0.97, -0.98, -0.99, -1, -1.01, -1.02, -1.03, -1.05,
        -1.07, -1.1,
        -1.14, -1.2, -1.3,
      ],
      coarse: [0.03125, 0.0625, 0.09375],
      divisors: [
        80, 85, 90, 94, 97, 100, 103, 106, 109, 112, 114, 116, 118, 120, 122, 123, 124, 125, 126, 127, 132,
        140, 155,
      ],
      runs: 8, rounds: 6))

  static func kernel(_ set: UnsafePointer<ingot_decoders>) -> ingot_decoder { set.pointee.q6_K }
  static func product(_ set: UnsafePointer<ingot_dots>) -> ingot_dot? { set.pointee.q6_K }

  static func decode(_ block: UnsafeRawPointer, into values: UnsafeMutablePointer<Float>) {
    let scale = half(block, at: 208)
    let bytes = block.assumingMemoryBound(to: UInt8.self)
    for part in 0..<16 {
      let factor = scale * Float(Int32(Int8(bitPattern: bytes[192 &+ part])))
      let column = 16 &* (part & 1)
      let lowBits = bytes + (64 &* (part >> 3) &+ 32 &* (part >> 1 & 1) &+ column)
      let highBits = bytes + (128 &+ 32 &* (part >> 3) &+ column)
      let lowShift = UInt8(truncatingIfNeeded: part & 4)
      let highShift = UInt8(truncatingIfNeeded: part & 6)
      let values = values + 16 &* part
      for index in 0..<16 {
        let code = lowBits[index] &>> lowShift & 15 | (highBits[index] &>> highShift & 3) << 4
        values[index] = factor * Float(Int32(code) &- 32)
      }
    }
  }

  @inline(__always)
  static func levels(_ vector: SIMD8<Float>) -> SIMD8<Float> {
    (vector + 32).limited(0, 63).roundedToEven - 32
  }

  static func store(
    _ scales: SuperBlockScales, levels: UnsafePointer<SIMD8<Float>>, into block: UnsafeMutableRawPointer
  ) {
    let bytes = block.assumingMemoryBound(to: UInt8.self)
    block.storeBytes(of: HalfPrecision.bits(scales.scale), toByteOffset: 208, as: UInt16.self)
    for part in 0..<16 { bytes[192 &+ part] = UInt8(truncatingIfNeeded: scales.scales[part]) }
    withCodes(levels, lowest: -32) { codes in
      for half in 0..<2 {
        let (codes, low, high) = (codes + 128 &* half, bytes + 64 &* half, bytes + (128 &+ 32 &* half))
        for index in 0..<32 {
          let (first, second) = (codes[index], codes[index &+ 32])
          let (third, fourth) = (codes[index &+ 64], codes[index &+ 96])
          low[index] = first & 15 | third << 4
          low[index &+ 32] = second & 15 | fourth << 4
          high[index] = first >> 4 | (second >> 4) << 2 | (third >> 4) << 4 | (fourth >> 4) << 6
        }
      }
    }
  }
}
