import IngotArchitectures
import IngotContainer

/// Clause M10: the way to cut text is a known one.
enum UnknownTokenizer: ModelRule {
  static let rule = Rule(
    "M10-MODEL", .warning, at: .model, title: "tokenizer.ggml.model is a way to cut text that readers know.",
    mend: "Correct the name, or use a reader that knows it.")

  static func check(_ model: JudgedModel, _ report: inout ModelReport) {
    guard model.architecture != nil, let name = model.text(TokenizerModel.key), model.tokenizer == nil
    else { return }
    report.add(
      rule, model, key: TokenizerModel.key, found: name.quoted,
      expected: TokenizerModel.all.map(\.name).joined(separator: ", "))
  }
}
