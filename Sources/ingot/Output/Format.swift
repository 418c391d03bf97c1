import IngotContainer
import IngotEncodings

/// Numbers as people read them.
enum Format {
  /// A size in decimal units with three digits that count: `735 B`, `1.54 kB`, `98.4 MB`.
  static func bytes(_ count: some BinaryInteger) -> String {
    let units = ["kB", "MB", "GB", "TB", "PB", "EB"]
    guard count >= 1000 else { return "\(count) B" }
    var value = Double(count) / 1000
    var unit = 0
    while value >= 999.5, unit < units.count - 1 {
      value /= 1000
      unit += 1
    }
    return fixed(value, value < 9.995 ? 2 : value < 99.95 ? 1 : 0) + " " + units[unit]
  }

  /// A count with its thousands apart: `30 522`.
  static func count(_ value: some BinaryInteger) -> String {
    var digits = String(value.magnitude)
    var groups: [String] = []
    while digits.count > 3 {
      groups.insert(String(digits.suffix(3)), at: 0)
      digits.removeLast(3)
    }
    groups.insert(digits, at: 0)
    return (value < 0 ? "-" : "") + groups.joined(separator: " ")
  }

  /// A count of things: `1 tensor`, `30 522 values`.
  static func count(_ value: some BinaryInteger, _ thing: String) -> String {
    "\(count(value)) \(value.named(thing))"
  }

  /// A number with a fixed number of decimals.
  static func fixed(_ value: Double, _ decimals: Int) -> String {
    guard value.isFinite else { return "\(value)" }
    var scale = 1.0
    for _ in 0..<decimals { scale *= 10 }
    let scaled = (value.magnitude * scale).rounded()
    guard let whole = UInt64(exactly: scaled) else { return "\(value)" }
    let unit = UInt64(scale)
    let sign = value < 0 && whole > 0 ? "-" : ""
    guard decimals > 0 else { return sign + String(whole) }
    let fraction = String(whole % unit)
    return sign + String(whole / unit) + "." + String(repeating: "0", count: decimals - fraction.count)
      + fraction
  }

  /// A measured quantity with four digits that count: `0.003512`, `1.250e-09`.
  static func measure(_ value: Double) -> String {
    guard value.isFinite, value != 0 else { return value == 0 ? "0" : "\(value)" }
    var exponent = 0
    var mantissa = value.magnitude
    while mantissa >= 9.9995 { (mantissa, exponent) = (mantissa / 10, exponent + 1) }
    while mantissa < 0.99995 { (mantissa, exponent) = (mantissa * 10, exponent - 1) }
    let sign = value < 0 ? "-" : ""
    if (-5..<6).contains(exponent) { return sign + fixed(value.magnitude, max(0, 3 - exponent)) }
    return sign + fixed(mantissa, 3) + "e" + (exponent < 0 ? "-" : "+") + (abs(exponent) < 10 ? "0" : "")
      + String(abs(exponent))
  }

  /// A share of the whole: `0.412 %`.
  static func percent(_ value: Double) -> String {
    value.isFinite ? fixed(value * 100, 3) + " %" : "\(value)"
  }

  /// A ratio in decibels, under a title that says so: `47.70`, `exact` where there is no error.
  static func decibels(_ value: Double, isExact: Bool = false) -> String {
    isExact ? "exact" : fixed(value, 2)
  }

  /// A few of many names: `a, b, c and 20 more`.
  static func names(_ names: [String]) -> String {
    let rest = names.count > 3 ? " and \(count(names.count - 3)) more" : ""
    return names.prefix(3).map(\.escaped).joined(separator: ", ") + rest
  }

  /// Time: `0.31 s`, `4 min 05 s`.
  static func duration(_ duration: Duration) -> String {
    let seconds = Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
    if seconds < 60 { return fixed(seconds, seconds < 0.1 ? 3 : seconds < 10 ? 2 : 1) + " s" }
    let whole = Int(seconds.rounded())
    return "\(whole / 60) min " + (whole % 60 < 10 ? "0" : "") + "\(whole % 60) s"
  }

  /// Dimensions: `384 × 30522`.
  static func shape(_ dimensions: [Int]) -> String {
    dimensions.isEmpty ? "scalar" : dimensions.map(String.init).joined(separator: " × ")
  }
}
