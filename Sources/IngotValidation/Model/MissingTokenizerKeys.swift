import IngotArchitectures

/// Clause M10: a model has the keys without which no text can be cut.
enum MissingTokenizerKeys: ModelRule {
  static let rule = Rule(
    "M10-MISSING", at: .model, title: "A model has a vocabulary, and what its way to cut text needs.",
    mend: "Convert the model again, with the files of its tokenizer beside it.")

  static func check(_ model: JudgedModel, _ report: inout ModelReport) {
    guard model.architecture != nil else { return }
    // Of a way that is not known, no keys are.
    let required =
      model.metadata[TokenizerModel.key] == nil ? [TokenizerModel.key] : model.tokenizer?.required ?? []
    for key in required where model.metadata[key] == nil {
      report.add(rule, .key(key), found: "no such key", expected: "a key that the tokenizer needs")
    }
  }
}
