/// Arithmetic on numbers that come from a file: the one path, and `nil` where a result does not fit.
package enum Checked {
  /// The sum, or `nil` on overflow.
  package static func sum<Number: FixedWidthInteger>(_ left: Number, _ right: Number) -> Number? {
    let (value, overflow) = left.addingReportingOverflow(right)
    return overflow ? nil : value
  }

  /// The sum, or the largest number where it does not fit: for totals that are shown and decide nothing.
  package static func clampedSum<Number: FixedWidthInteger>(_ numbers: some Sequence<Number>) -> Number {
    numbers.reduce(0) { sum($0, $1) ?? .max }
  }

  /// The product, or `nil` on overflow.
  package static func product<Number: FixedWidthInteger>(_ left: Number, _ right: Number) -> Number? {
    let (value, overflow) = left.multipliedReportingOverflow(by: right)
    return overflow ? nil : value
  }

  /// The product of all factors, or `nil` on overflow; of none, 1.
  package static func product<Number: FixedWidthInteger>(of factors: some Sequence<Number>) -> Number? {
    var result: Number = 1
    for factor in factors {
      guard let next = product(result, factor) else { return nil }
      result = next
    }
    return result
  }

  /// `value` rounded up to a multiple of `alignment`, or `nil` on overflow.
  ///
  /// - Precondition: `alignment` is greater than zero.
  package static func roundUp<Number: FixedWidthInteger>(
    _ value: Number, toMultipleOf alignment: Number
  ) -> Number? {
    precondition(alignment > 0)
    let remainder = value % alignment
    return remainder == 0 ? value : sum(value, alignment - remainder)
  }
}

// The same for the types of places and sizes: a generic function is not made for a type in another module, and a header of a
// million tensors asks several times for each.
extension Checked {
  /// The sum, or `nil` on overflow.
  package static func sum(_ left: UInt64, _ right: UInt64) -> UInt64? {
    let (value, overflow) = left.addingReportingOverflow(right)
    return overflow ? nil : value
  }

  /// The product, or `nil` on overflow.
  package static func product(_ left: Int, _ right: Int) -> Int? {
    let (value, overflow) = left.multipliedReportingOverflow(by: right)
    return overflow ? nil : value
  }

  /// `value` rounded up to a multiple of `alignment`, or `nil` on overflow.
  ///
  /// - Precondition: `alignment` is greater than zero.
  package static func roundUp(_ value: UInt64, toMultipleOf alignment: UInt64) -> UInt64? {
    precondition(alignment > 0)
    let remainder = value % alignment
    return remainder == 0 ? value : sum(value, alignment - remainder)
  }
}
