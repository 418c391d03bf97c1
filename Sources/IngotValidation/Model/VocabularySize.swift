import IngotArchitectures

/// Clause M10: the number of tokens is the one that the architecture's key states.
enum VocabularySize: ModelRule {
  static let rule = Rule(
    "M10-VOCABULARY", .warning, at: .model, title: "The size of the vocabulary is the number of its tokens.",
    mend: "Correct the key: readers that allocate by it are off.")

  static func check(_ model: JudgedModel, _ report: inout ModelReport) {
    guard let architecture = model.architecture, let tokens = model.strings(TokenizerModel.tokens) else {
      return
    }
    let key = Quantity.vocabulary.key(in: architecture.name)
    guard let stated = model.metadata[key]?.integer, stated != tokens.count else { return }
    report.add(rule, model, key: key, found: "\(stated)", expected: "\(tokens.count), the number of tokens")
  }
}
