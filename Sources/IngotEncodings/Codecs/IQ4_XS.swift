import CVectors

/// IQ4_XS: 8 sub-blocks of 32 codes of 4 bits for 16 unevenly spaced levels, each with a scale of 6 bits.
///
///     byte   0        2                4             8            136
///            +--------+----------------+-------------+-- ... -----+
///            | d: F16 | high bits, 2 B | low, 4 B    | codes 128 B |     value = (d · (s - 32)) · level(q)
///            +--------+----------------+-------------+-- ... -----+
///
/// The scale of sub-block i has its low four bits in the low (i even) or high half of byte 4 + ⌊i/2⌋, and its high two in
/// bits 2i and 2i + 1 of the 16-bit word at byte 2. The code of value 32i + l is the low half of code byte 16i + l for
/// l < 16, otherwise the high half of code byte 16i + l - 16.
///
/// Specification: clause E23.
enum IQ4_XS: LevelSuperBlock, KernelDecoder {
  static let bytesPerBlock = 136
  static let partSize = 32
  static let extremeLevel: Float = -127
  static let scaleRange: Int32 = 32
  static let plan = LevelSearchPlan(
    levels: ingot_levels(kind: ingot_levels_uneven, lowest: -127, highest: 113),
    balanced: LevelStarts(
      factors: [
        0.85, 0.92, 0.98, 1.04, 1.1, 1.18, 1.26, -0.85, -0.92, -0.98, -1.04, -1.1, -1.18, -1.26,
      ], coarse: [0.0079, -0.0079], divisors: [24, 25.5, 27, 28, 29, 30, 31, 33], runs: 1, rounds: 2),
    best: LevelStarts(
      factors: [
        0.6, 0.7, 0.75, 0.8, 0.84, 0.88, 0.91, 0.94, 0.97, 1, 1.03, 1.06, 1.09, 1.12, 1.16, 1.2, 1.25, 1.3,
        1.4, 1.5,
        -0.6, -0.7, -0.75, -0.8, -0.84, -0.88, -0.91, -0.94, -0.97, -1, -1.03, -1.06, -1.09, -1.12, -1.16,
        -1.2,
        -1.25, -1.3, -1.4, -1.5,
      ], coarse: [0.0079, -0.0079],
      divisors: [
        16, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 30.5, 31, 31.5, 32, 34, 36, 40, 45, 52,
      ], runs: 8,
      rounds: 6))

  /// The levels of the codes (clause E22).
  static let levels = SIMD16<Float>(
    -127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113)

  static func kernel(_ set: UnsafePointer<ingot_decoders>) -> ingot_decoder { set.pointee.iq4_xs }
  static func product(_ set: UnsafePointer<ingot_dots>) -> ingot_dot? { set.pointee.iq4_xs }

  static func decode(_ block: UnsafeRawPointer, into values: UnsafeMutablePointer<Float>) {
    let scale = half(block, at: 0)
    let high = block.loadUnaligned(fromByteOffset: 2, as: UInt16.self)
    let bytes = block.assumingMemoryBound(to: UInt8.self)
    let levels = levels
    for part in 0..<8 {
      let low = bytes[4 &+ part >> 1] &>> UInt8(truncatingIfNeeded: part & 1 &* 4) & 15
      let top = high &>> UInt16(truncatingIfNeeded: 2 &* part) & 3
      let factor = scale * Float(Int32(low) | Int32(top) << 4 &- 32)
      let codes = bytes + (8 &+ 16 &* part)
      let values = values + 32 &* part
      for index in 0..<16 {
        values[index] = factor * levels[Int(codes[index] & 15)]
        values[index &+ 16] = factor * levels[Int(codes[index] >> 4)]
      }
    }
  }

  @inline(__always)
  static func levels(_ vector: SIMD8<Float>) -> SIMD8<Float> {
    // All midpoints are multiples of a half: a table has the nearest level of each interval between such.
    let shifted = (vector.limited(-128, 127.5) * 2 + 256.5) + 0x1p23
    let index = unsafeBitCast(shifted, to: SIMD8<UInt32>.self) & 0x3FF
    return nearest.withUnsafeBufferPointer { nearest in
      guard let nearest = nearest.baseAddress else { return SIMD8<Float>() }
      return SIMD8(
        nearest[Int(index[0])], nearest[Int(index[1])], nearest[Int(index[2])], nearest[Int(index[3])],
        nearest[Int(index[4])], nearest[Int(index[5])], nearest[Int(index[6])], nearest[Int(index[7])])
    }
  }

  static func store(
    _ scales: SuperBlockScales, levels: UnsafePointer<SIMD8<Float>>, into block: UnsafeMutableRawPointer
  ) {
    let bytes = block.assumingMemoryBound(to: UInt8.self)
    block.storeBytes(of: HalfPrecision.bits(scales.scale), toByteOffset: 0, as: UInt16.self)
    var high: Int32 = 0
    for part in 0..<4 {
      let (even, odd) = (scales.scales[2 &* part] &+ 32, scales.scales[2 &* part &+ 1] &+ 32)
      bytes[4 &+ part] = UInt8(truncatingIfNeeded: even & 15 | odd << 4)
      high |= (even >> 4 | (odd >> 4) << 2) << Int32(truncatingIfNeeded: 4 &* part)
    }
    block.storeBytes(of: UInt16(truncatingIfNeeded: high), toByteOffset: 2, as: UInt16.self)
    for index in 0..<128 {
      let first = index >> 4 &* 32 &+ index & 15
      let second = first &+ 16
      bytes[8 &+ index] =
        code(of: levels[first >> 3][first & 7]) | code(of: levels[second >> 3][second & 7]) << 4
    }
  }

  /// The level nearest to the interval from (i - 257) / 2 to (i - 256) / 2, at position i.
  private static let nearest: [Float] = (0..<1024).map { index in
    let middle = Float(index - 257) / 2 + 0.25
    return (1..<16).reduce(levels[0]) { level, code in
      middle > (levels[code - 1] + levels[code]) / 2 ? levels[code] : level
    }
  }

  /// The codes of the levels, at positions 127 above them.
  private static let codes: [UInt8] = (0...240).map { position in
    UInt8((0..<16).first { levels[$0] == Float(position - 127) } ?? 0)
  }

  /// The code of a level.
  @inline(__always)
  static func code(of level: Float) -> UInt8 { codes[Int(Rounding.integer(level)) &+ 127] }
}
