/// The eight scales s and minimums m of Q4_K and Q5_K, 6 bits each, in 12 bytes.
///
///     byte   0 to 3          4 to 7          8 to 11
///            +---------------+---------------+---------------+
///            | s4…7 |  s0…3  | m4…7 |  m0…3  | m4…7 |  s4…7  |     byte i of each group of four belongs to sub-blocks
///            +---------------+---------------+---------------+     i and i + 4
///             bits   bits     bits   bits     bits   bits
///              5, 4   5…0      5, 4   5…0      3…0    3…0
///
/// Specification: clause E26.2.
enum SixBitPairs {
  /// The scale and the minimum of a sub-block.
  @inline(__always)
  static func load(_ bytes: UnsafePointer<UInt8>, _ part: Int) -> (scale: Int32, minimum: Int32) {
    if part < 4 { return (Int32(bytes[part] & 63), Int32(bytes[part &+ 4] & 63)) }
    let low = bytes[part &+ 4]
    let scale = low & 15 | (bytes[part &- 4] >> 6) << 4
    let minimum = low >> 4 | (bytes[part] >> 6) << 4
    return (Int32(scale), Int32(minimum))
  }

  /// Packs eight scales and minimums, each from 0 to 63.
  @inline(__always)
  static func store(
    _ scales: SIMD16<Int32>, _ minimums: SIMD16<Int32>, into bytes: UnsafeMutablePointer<UInt8>
  ) {
    for index in 0..<4 {
      let (scale, minimum) = (scales[index &+ 4], minimums[index &+ 4])
      bytes[index] = UInt8(truncatingIfNeeded: scales[index] | (scale >> 4) << 6)
      bytes[index &+ 4] = UInt8(truncatingIfNeeded: minimums[index] | (minimum >> 4) << 6)
      bytes[index &+ 8] = UInt8(truncatingIfNeeded: scale & 15 | minimum << 4)
    }
  }
}
