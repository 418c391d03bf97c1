import IngotArchitectures

/// Clause M10: a model has the keys without which readers guess.
enum IncompleteTokenizer: ModelRule {
  static let rule = Rule(
    "M10-INCOMPLETE", .warning, at: .model,
    title: "A model has the keys without which readers guess how to cut text.",
    mend: "Convert the model again with a current tool: text may be cut in another way than in training.")

  static func check(_ model: JudgedModel, _ report: inout ModelReport) {
    guard model.architecture != nil, let tokenizer = model.tokenizer else { return }
    for key in tokenizer.expected where model.metadata[key] == nil {
      report.add(rule, .key(key), found: "no such key", expected: "a key that the tokenizer reads")
    }
  }
}
