import IngotArchitectures
import IngotContainer

/// Clause M10: no token occurs twice.
enum UniqueTokens: ModelRule {
  static let rule = Rule(
    "M10-DUPLICATE", at: .model, title: "No token occurs twice.",
    mend: "Give one of the two another text: some readers stop at it, others never use one of them.")

  static func check(_ model: JudgedModel, _ report: inout ModelReport) {
    guard model.architecture != nil, let tokens = model.strings(TokenizerModel.tokens) else { return }
    var seen: [ExactName: Int] = [:]
    var first: (Int, Int)?
    var count = 0
    for (id, token) in tokens.enumerated() where !token.isEmpty {
      guard let other = seen.updateValue(id, forKey: ExactName(token)) else { continue }
      first = first ?? (other, id)
      count += 1
    }
    guard let (one, other) = first else { return }
    report.add(
      rule, model, key: TokenizerModel.tokens,
      found: "one text for the tokens \(one) and \(other), and \(count) such in all",
      expected: "texts that differ")
  }
}
