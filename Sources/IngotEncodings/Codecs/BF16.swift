/// BF16: the upper half of a Float32 a value, see ``BFloat16``.
///
/// Carries infinity and NaN, and refuses to make infinity of a number.
///
/// Specification: clause E6.
enum BF16: ElementCodec {
  static func value(_ stored: UInt16) -> Float { BFloat16.float(stored) }
  static func stored(_ value: Float) -> UInt16 { BFloat16.bits(value) }

  static func refuses(_ value: Float) -> Bool {
    let magnitude = value.bitPattern & 0x7FFF_FFFF
    // One comparison: what lies below the range wraps around to above it.
    return magnitude &- BFloat16.overflow < Float.infinity.bitPattern - BFloat16.overflow
  }
}
