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
    scales: 0.85...1.3, count: 64, coarseLevels: 3, starts: [1.1, 1.06, 1.15, 1.02, 1.2, 0.98],
    balancedStarts: 1)

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
    for index in 0..<64 {
      let first = index >> 5 &* 128 &+ index & 31
      let codes = (
        code(levels, first), code(levels, first &+ 32), code(levels, first &+ 64), code(levels, first &+ 96)
      )
      let row = 32 &* (index >> 5) &+ index
      bytes[row] = codes.0 & 15 | codes.2 << 4
      bytes[row &+ 32] = codes.1 & 15 | codes.3 << 4
      bytes[128 &+ index] = codes.0 >> 4 | (codes.1 >> 4) << 2 | (codes.2 >> 4) << 4 | (codes.3 >> 4) << 6
    }
  }

  /// The code of a value's level.
  @inline(__always)
  private static func code(_ levels: UnsafePointer<SIMD8<Float>>, _ index: Int) -> UInt8 {
    UInt8(truncatingIfNeeded: Rounding.integer(levels[index >> 3][index & 7]) &+ 32)
  }
}
