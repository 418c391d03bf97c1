/// Rounding to integers in forms that vectorise: no library call, no branch, no conversion that could trap.
///
/// They rest on one fact: added to 2^23, where neighbours lie 1 apart, a value from 0 to 2^22 is rounded to an
/// integer by the addition itself (to nearest, ties to even), and the integer is then the low bits of the sum.
///
/// Specification: clause E2.7.
enum Rounding {
  private static let shifter: Float = 0x1p23

  /// The largest integer not above `value`.
  ///
  /// - Precondition: 0 ≤ `value` < 2^22, not checked.
  @inline(__always)
  static func down(_ value: Float) -> Int32 {
    let shifted = value + shifter
    let nearest = Int32(bitPattern: shifted.bitPattern & 0x7F_FFFF)
    return shifted - shifter > value ? nearest &- 1 : nearest
  }

  /// The integer nearest to `value`, ties away from zero: C's `roundf`.
  ///
  /// - Precondition: `|value|` < 2^22, not checked.
  @inline(__always)
  static func halfAwayFromZero(_ value: Float) -> Int32 {
    let magnitude = value.magnitude
    let shifted = magnitude + shifter
    let nearest = Int32(bitPattern: shifted.bitPattern & 0x7F_FFFF)
    // The difference is exact. A half means that the addition took a tie down to the even neighbour.
    let rounded = magnitude - (shifted - shifter) >= 0.5 ? nearest &+ 1 : nearest
    let sign = Int32(bitPattern: value.bitPattern) >> 31
    return (rounded ^ sign) &- sign
  }

  /// The number as an integer, which it is: without the check that `Int32.init` makes.
  ///
  /// - Precondition: `|value|` < 2^22, not checked.
  @inline(__always)
  static func integer(_ value: Float) -> Int32 {
    Int32(bitPattern: (value + 0x1.8p23).bitPattern &- Float(0x1.8p23).bitPattern)
  }

  /// -1, 0 or 1, the integer nearest to a value between -1.5 and 1.5, ties away from zero; of NaN, 0.
  @inline(__always)
  static func ternary(_ value: Float) -> Int32 {
    (value >= 0.5 ? 1 : 0) &- (value <= -0.5 ? 1 : 0)
  }
}
