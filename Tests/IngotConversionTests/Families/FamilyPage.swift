import IngotCheckpoints

@testable import IngotConversion

/// The part of `spec/families.md` that follows from the tables in Swift.
enum FamilyPage {
  /// The first line that follows from the tables.
  static let start =
    "<!-- From here on the page is that of the tables in Sources/IngotConversion/Families. -->"

  /// All lines from ``start`` on.
  static var text: String {
    ([start] + ModelFamily.all.flatMap(section)).joined(separator: "\n") + "\n"
  }

  private static func section(_ family: ModelFamily) -> [String] {
    let defaults = family.defaults.sorted { $0.key < $1.key }.map { "`\($0.key)` \(text($0.value))" }
    return ["", "## \(family.name)", "", "\(family.models). Architecture `\(family.architecture)`."]
      + ["", "Classes: " + family.classes.map { "`\($0)`" }.joined(separator: ", ") + "."]
      + (defaults.isEmpty ? [] : ["", "Defaults: " + defaults.joined(separator: ", ") + "."])
      + ["", "| in the checkpoint | in the output | change |", "| --- | --- | --- |"]
      + family.routes.flatMap(rows)
  }

  private static func rows(_ route: TensorRoute) -> [String] {
    guard !route.outputs.isEmpty else { return ["| `\(route.pattern)` | – | left out |"] }
    return route.outputs.map { "| `\(route.pattern)` | `\($0.name)` | \(words($0.change)) |" }
  }

  private static func words(_ change: TensorRoute.Change) -> String {
    switch change {
    case .keep: ""
    case .heads(.queries): "rows of the heads"
    case .heads(.keys): "rows of the heads of keys"
    case .transposed: "transposed"
    case .plusOne: "+ 1"
    case .part(let part, let parts): "part \(part + 1) of \(parts) of the rows"
    case .everyOther(let first): "every other row from \(first)"
    case .everyOtherColumn(let first): "transposed, every other row from \(first)"
    case .positions: "used positions"
    case .words: "words of the vocabulary"
    case .stackedHeads(.queries): "stacked, one for each head"
    case .stackedHeads(.keys): "stacked, one for each head of keys"
    case .ternary: "ternary"
    case .mxfp4(let first, let stride): stride == 1 ? "MXFP4" : "MXFP4, every other row from \(first)"
    }
  }

  private static func text(_ value: JSONTree) -> String {
    switch value {
    case .number(let text): text
    case .boolean(let flag): "\(flag)"
    default: value.kind
    }
  }
}
