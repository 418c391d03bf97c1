/// The sixteen levels of MXFP4 and NVFP4: a sign and one of eight magnitudes, twice those of the 4-bit float E2M1.
///
///     code        0  1  2  3  4  5  6   7     8 to 15: the same with a minus sign
///     magnitude   0  1  2  3  4  6  8  12
///
/// OCP Microscaling Formats 1.0, clause 5.3.3. Specification: clause E20.2.
enum FloatLevels {
  /// The level of each code; that of code 8 is +0.
  static let levels = SIMD16<Float>(0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12)

  /// The code whose level times a scale is nearest to a value; of two the smaller magnitude, of zeros code 0.
  @inline(__always)
  static func code(_ value: Float, _ scale: Float) -> UInt8 {
    let magnitude = value.magnitude
    var code: UInt8 = 0
    var least = magnitude
    for candidate in 1..<8 {
      let error = (levels[candidate] * scale - magnitude).magnitude
      code = error < least ? UInt8(truncatingIfNeeded: candidate) : code
      least = error < least ? error : least
    }
    return value < 0 && code > 0 ? code | 8 : code
  }
}
