/// A number modulo 2^255 - 19, as the coordinates of Edwards points are.
///
/// For public numbers only: how long it takes depends on them.
struct FieldElement: Hashable {
  /// Four words, lowest first, below 2^256; two that are equal modulo the prime may differ.
  private var words: [UInt64]

  /// A small number.
  init(_ number: UInt64) { words = [number, 0, 0, 0] }

  /// The number of 32 bytes, lowest first, of which the highest bit is left out.
  ///
  /// - Precondition: there are 32.
  init(bytes: [UInt8]) {
    precondition(bytes.count == 32)
    words = (0..<4).map { word in
      (0..<8).reduce(0) { $0 | UInt64(bytes[8 * word + $1]) << UInt64(8 * $1) }
    }
    words[3] &= .max >> 1
  }

  private init(words: [UInt64]) { self.words = words }

  /// `d` of the curve: -121665/121666.
  static let curveConstant = FieldElement(words: [
    0x75EB_4DCA_1359_78A3, 0x0070_0A4D_4141_D8AB, 0x8CC7_4079_7779_E898, 0x5203_6CEE_2B6F_FE73,
  ])

  /// Whether there is a number whose square it is, by Euler's criterion.
  var isSquare: Bool {
    // The exponent (p - 1) / 2 = 2^254 - 10: its bits are ones but for the lowest, 0110.
    var power = FieldElement(1)
    for bit in (0..<254).reversed() {
      power = power * power
      if ![0, 3].contains(bit) { power = power * self }
    }
    return [FieldElement(0).reduced, FieldElement(1).reduced].contains(power.reduced)
  }

  static func + (left: Self, right: Self) -> Self {
    var sum = [UInt64](repeating: 0, count: 4)
    var carry: UInt64 = 0
    for index in 0..<4 {
      let (first, overflow) = left.words[index].addingReportingOverflow(right.words[index])
      let (second, again) = first.addingReportingOverflow(carry)
      sum[index] = second
      carry = (overflow ? 1 : 0) + (again ? 1 : 0)
    }
    return Self(folding: sum, carry)
  }

  static prefix func - (number: Self) -> Self {
    // p - n, where n is below p.
    let reduced = number.reduced
    var difference: [UInt64] = [.max - 18, .max, .max, .max >> 1]
    var borrow: UInt64 = 0
    for index in 0..<4 {
      let (first, underflow) = difference[index].subtractingReportingOverflow(reduced[index])
      let (second, again) = first.subtractingReportingOverflow(borrow)
      difference[index] = second
      borrow = (underflow ? 1 : 0) + (again ? 1 : 0)
    }
    return Self(words: difference)
  }

  static func * (left: Self, right: Self) -> Self {
    var product = [UInt64](repeating: 0, count: 8)
    for (place, factor) in left.words.enumerated() {
      var carry: UInt64 = 0
      for index in 0..<4 {
        (carry, product[place + index]) = multiply(factor, right.words[index], product[place + index], carry)
      }
      product[place + 4] = carry
    }
    // 2^256 is 38.
    var sum = [UInt64](repeating: 0, count: 4)
    var carry: UInt64 = 0
    for index in 0..<4 { (carry, sum[index]) = multiply(38, product[4 + index], product[index], carry) }
    return Self(folding: sum, carry)
  }

  /// The high and low word of a product and two summands, which always fit.
  private static func multiply(
    _ left: UInt64, _ right: UInt64, _ summand: UInt64, _ carry: UInt64
  ) -> (high: UInt64, low: UInt64) {
    var (high, low) = left.multipliedFullWidth(by: right)
    for number in [summand, carry] {
      let (sum, overflow) = low.addingReportingOverflow(number)
      low = sum
      high += overflow ? 1 : 0
    }
    return (high, low)
  }

  /// Adds `carry` times 2^256, which is 38.
  private init(folding words: [UInt64], _ carry: UInt64) {
    var words = words
    // A second time where adding makes another carry; the rest is small then.
    var carry = carry
    while carry != 0 {
      var summand = 38 * carry
      carry = 0
      for index in 0..<4 {
        let (sum, overflow) = words[index].addingReportingOverflow(summand)
        words[index] = sum
        summand = overflow ? 1 : 0
      }
      carry = summand
    }
    self.words = words
  }

  /// The one form that is below the prime.
  private var reduced: [UInt64] {
    var words = words
    let prime: [UInt64] = [.max - 18, .max, .max, .max >> 1]
    while !words.reversed().lexicographicallyPrecedes(prime.reversed()) {
      var borrow: UInt64 = 0
      for index in 0..<4 {
        let (first, underflow) = words[index].subtractingReportingOverflow(prime[index])
        let (second, again) = first.subtractingReportingOverflow(borrow)
        words[index] = second
        borrow = (underflow ? 1 : 0) + (again ? 1 : 0)
      }
    }
    return words
  }
}
