/// The upper half of a Float32, converted bit by bit.
///
///      15 14            7 6           0
///     +--+---------------+-------------+
///     | s|   exponent    |  fraction   |     a Float32 whose lower 16 bits are zero
///     +--+---------------+-------------+
///
/// Specification: clause E2.4.
package enum BFloat16 {
  /// The value of a bfloat16: exact, NaN payloads included.
  @inline(__always)
  package static func float(_ bits: UInt16) -> Float { Float(bitPattern: UInt32(bits) << 16) }

  /// The bfloat16 nearest to a value, ties to even; NaN becomes quiet and keeps the upper bits of its payload.
  @inline(__always)
  package static func bits(_ value: Float) -> UInt16 {
    let bits = value.bitPattern
    let nearest = (bits &+ 0x7FFF &+ (bits >> 16 & 1)) >> 16
    let quiet = bits >> 16 | 0x0040
    return UInt16(truncatingIfNeeded: select(bits & 0x7FFF_FFFF > 0x7F80_0000, quiet, nearest))
  }

  /// The smallest magnitude, as a bit pattern, that rounds to infinity.
  static let overflow: UInt32 = 0x7F7F_8000
}
