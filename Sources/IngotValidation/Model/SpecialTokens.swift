import IngotArchitectures
import IngotContainer

/// Clause M10: special tokens are in the vocabulary.
enum SpecialTokens: ModelRule {
  static let rule = Rule(
    "M10-ID", at: .model, title: "A special token is one of the vocabulary.",
    mend: "Correct the number: readers take a token of their own choice instead.")

  /// The number that some writers put where there is no such token.
  private static let none = Int(UInt32.max)

  static func check(_ model: JudgedModel, _ report: inout ModelReport) {
    guard model.architecture != nil, let tokens = model.strings(TokenizerModel.tokens) else { return }
    for key in KnownKey.specialTokens {
      guard let id = model.metadata[key]?.integer, !(0..<tokens.count).contains(id), id != none, id != -1
      else { continue }
      report.add(rule, model, key: key, found: "\(id)", expected: "0 to \(tokens.count - 1)")
    }
  }
}
