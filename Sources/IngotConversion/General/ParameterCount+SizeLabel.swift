extension ParameterCount {
  /// The size in short, such as `7B` or `8x7B`; `nil` for a model without values.
  ///
  /// Specification: `spec/metadata.md`, clause M12.
  package var sizeLabel: String? {
    guard total > 0 else { return nil }
    guard experts > 0 else { return Self.rounded(total) }
    let (active, overflow) = shared.addingReportingOverflow(expert)
    return "\(experts)x\(Self.rounded(overflow ? .max : active))"
  }

  /// A number of values with the letter of its power of thousand, and at least two digits.
  static func rounded(_ count: Int) -> String {
    // Multiplying by a power that is not exact, and not dividing, is how the reference decides ties.
    let value = Double(count)
    let (scaled, letter) =
      switch value {
      case _ where value > 1e12: (value * 1e-12, "T")
      case _ where value > 1e9: (value * 1e-9, "B")
      case _ where value > 1e6: (value * 1e-6, "M")
      default: (value * 1e-3, "K")
      }
    let whole = scaled.rounded(.toNearestOrEven)
    let decimals = whole >= 10 ? 0 : whole >= 1 ? 1 : 2
    return decimalText(of: scaled, decimals: decimals) + letter
  }

  /// A number with a fixed count of decimals, rounded from its exact value, ties to even.
  ///
  /// - Precondition: `value` is from 0 to 2^62, and below 10 where there are decimals.
  private static func decimalText(of value: Double, decimals: Int) -> String {
    guard decimals > 0 else { return "\(Int(value.rounded(.toNearestOrEven)))" }
    let power: UInt64 = decimals == 1 ? 10 : 100
    let digits = product(of: value, power)
    let fraction = "\(digits % power)"
    return "\(digits / power)." + String(repeating: "0", count: decimals - fraction.utf8.count) + fraction
  }

  /// `value` times `factor`, exact before it is rounded to a whole number, ties to even.
  private static func product(of value: Double, _ factor: UInt64) -> UInt64 {
    // What is smaller rounds to 0 with any of the factors.
    guard value >= 0x1p-11 else { return 0 }
    // A significand of 53 bits times 100 fits 60; below 16 the exponent is at most 3.
    let product = (value.significandBitPattern | 1 << 52) * factor
    let shift = UInt64(52 - value.exponent)
    let quotient = product >> shift
    let rest = product & ((1 << shift) - 1)
    let half = 1 << (shift - 1) as UInt64
    let roundsUp = rest > half || (rest == half && quotient & 1 == 1)
    return roundsUp ? quotient + 1 : quotient
  }
}
