import CVectors

/// F16: a half a value, see ``HalfPrecision``.
///
/// Carries infinity and NaN, and refuses to make infinity of a number.
///
/// Specification: clause E5.
enum F16: ElementCodec {
  static func decode(_ blocks: UnsafeRawPointer, count: Int, into values: UnsafeMutablePointer<Float>) {
    DecoderKernels.widest.pointee.f16(blocks, count, values)
  }

  static func value(_ stored: UInt16) -> Float { HalfPrecision.float(stored) }
  static func stored(_ value: Float) -> UInt16 { HalfPrecision.bits(value) }

  static func refuses(_ value: Float) -> Bool {
    let magnitude = value.bitPattern & 0x7FFF_FFFF
    // One comparison: what lies below the range wraps around to above it.
    return magnitude &- HalfPrecision.overflow < Float.infinity.bitPattern - HalfPrecision.overflow
  }
}
