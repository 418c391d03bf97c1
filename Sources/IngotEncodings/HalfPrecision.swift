/// IEEE 754 half precision (binary16), converted bit by bit.
///
///      15 14      10 9                 0
///     +--+----------+-------------------+
///     | s| exponent |     fraction      |     (-1)^s · 2^(exponent - 15) · 1.fraction
///     +--+----------+-------------------+     exponent 0: subnormal; exponent 31: infinity, NaN
///
/// No `Float16`, which Intel Macs lack, and no branches: each path is computed and one is selected, so that a loop
/// over values vectorises.
///
/// Specification: clause E2.3.
package enum HalfPrecision {
  /// The value of a half; a signaling NaN becomes quiet and keeps its payload.
  @inline(__always)
  package static func float(_ half: UInt16) -> Float {
    let sign = UInt32(half & 0x8000) << 16
    // Exponent and fraction, moved to their places in a Float32.
    let magnitude = UInt32(half & 0x7FFF) << 13
    let normal = magnitude &+ ((127 - 15) << 23)
    // A subnormal is put behind an implicit bit, 2^-14, which a subtraction takes off again: exact.
    let subnormal = (Float(bitPattern: magnitude | (113 << 23)) - Float(bitPattern: 113 << 23)).bitPattern
    let infinite = magnitude | 0x7F80_0000
    let finite = select(magnitude < 0x0080_0000, subnormal, normal)
    let number = select(magnitude < 0x0F80_0000, finite, infinite)
    return Float(bitPattern: sign | select(magnitude > 0x0F80_0000, number | 0x0040_0000, number))
  }

  /// The half nearest to a value, ties to even.
  ///
  /// From 65520 on that is infinity; NaN becomes the quiet NaN of its sign without payload.
  @inline(__always)
  package static func bits(_ value: Float) -> UInt16 {
    let sign = value.bitPattern >> 16 & 0x8000
    let magnitude = value.bitPattern & 0x7FFF_FFFF
    let oddness = magnitude >> 13 & 1
    let normal = (magnitude &- ((127 - 15) << 23) &+ 0x0FFF &+ oddness) >> 13
    // Added to one half, whose last place is the smallest subnormal, the value is rounded by the addition.
    let subnormal = (Float(bitPattern: magnitude) + 0.5).bitPattern &- Float(0.5).bitPattern
    let finite = select(magnitude < 113 << 23, subnormal, normal)
    let number = select(magnitude < overflow, finite, 0x7C00)
    return UInt16(truncatingIfNeeded: sign | select(magnitude > 0x7F80_0000, 0x7E00, number))
  }

  /// The smallest magnitude, as a bit pattern, that rounds to infinity: 65520.
  static let overflow: UInt32 = 0x477F_F000
}
