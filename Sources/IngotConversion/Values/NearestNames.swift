import IngotContainer

/// Finds what a mistyped name may have meant.
enum NearestNames {
  /// `; did you mean …?` with up to three names, or how to list them where none is near.
  ///
  /// - Complexity: O(*n*) in the bytes of all names.
  static func advice(for name: String, among names: [String]) -> String {
    let wanted = pairs(name)
    let scored = names.lazy.map { (name: $0, likeness: likeness(wanted, pairs($0))) }
    let best = scored.filter { $0.likeness >= 0.4 }
      .sorted { ($1.likeness, $0.name) < ($0.likeness, $1.name) }.prefix(3)
    guard !best.isEmpty else { return "; ingot info lists the names" }
    return "; did you mean " + best.map { $0.name.quoted }.joined(separator: " or ") + "?"
  }

  /// Twice the pairs in common over all pairs (Dice's coefficient): from 0 to 1.
  private static func likeness(_ left: Set<UInt16>, _ right: Set<UInt16>) -> Double {
    2 * Double(left.intersection(right).count) / Double(max(1, left.count + right.count))
  }

  /// The pairs of neighbouring bytes of the lower-case name.
  private static func pairs(_ name: String) -> Set<UInt16> {
    let bytes = Array(name.lowercased().utf8)
    return Set(zip(bytes, bytes.dropFirst()).map { UInt16($0) << 8 | UInt16($1) })
  }
}
