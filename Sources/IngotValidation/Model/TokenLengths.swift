import IngotArchitectures
import IngotEncodings

/// Clause M10: each token has one score and one type.
enum TokenLengths: ModelRule {
  static let rule = Rule(
    "M10-LENGTH", at: .model, title: "Scores and token types are as many as there are tokens.",
    mend: "Convert the model again: the vocabulary is cut, or two were mixed.")

  static func check(_ model: JudgedModel, _ report: inout ModelReport) {
    guard model.architecture != nil, let tokens = model.strings(TokenizerModel.tokens) else { return }
    for key in [TokenizerModel.scores, TokenizerModel.types] {
      guard let array = model.array(key), array.count != tokens.count else { continue }
      report.add(
        rule, model, key: key, found: array.count.counted("element"),
        expected: "\(tokens.count), one a token")
    }
  }
}
