import IngotContainer

/// Finds what a mistyped name may have meant.
package enum NearestNames {
  /// `; did you mean …?` with up to three names, or how to list them where none is near.
  ///
  /// - Complexity: O(*n*) in the bytes of all names.
  package static func advice(
    for name: String, among names: [String], otherwise: String = "ingot info lists the names"
  ) -> String {
    let best = nearest(to: name, among: names, most: 3)
    guard !best.isEmpty else { return "; \(otherwise)" }
    return "; did you mean " + best.map(\.quoted).joined(separator: " or ") + "?"
  }

  /// The names that are most like `name`, if any is: what is much less like it than the likest only distracts.
  ///
  /// - Complexity: O(*n*) in the bytes of all names.
  package static func nearest(to name: String, among names: [String], most count: Int) -> [String] {
    let wanted = pairs(name)
    let scored = names.lazy.map { (name: $0, likeness: likeness(wanted, pairs($0))) }
      .filter { $0.likeness >= leastLikeness }
      .sorted { ($1.likeness, $0.name) < ($0.likeness, $1.name) }
    let best = scored.first?.likeness ?? 0
    return scored.prefix { $0.likeness >= best - largestDistance }.prefix(count).map(\.name)
  }

  /// What is less like a name is not meant.
  private static let leastLikeness = 0.4
  /// How much less like it than the likest another name may be.
  private static let largestDistance = 0.15

  /// The names whose texts are most like `text`, at most three of them, the likest first.
  static func nearest(to text: String, among texts: [(name: String, text: String)]) -> [String] {
    let wanted = pairs(text)
    var names: [String] = []
    let scored = texts.map { (name: $0.name, likeness: likeness(wanted, pairs($0.text))) }
    for (name, likeness) in scored.sorted(by: { ($1.likeness, $0.name) < ($0.likeness, $1.name) })
    where likeness > 0 && !names.contains(name) && names.count < 3 {
      names.append(name)
    }
    return names
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
