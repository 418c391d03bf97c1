import IngotArchitectures

/// Clause M10: a model that can hold a conversation says how one is written down.
enum MissingChatTemplate: ModelRule {
  static let rule = Rule(
    "M10-TEMPLATE", .note, at: .model, title: "A model says how a conversation is written down.",
    mend:
      "Nothing needs to be done for a model that only continues text; otherwise add tokenizer.chat_template.")

  static func check(_ model: JudgedModel, _ report: inout ModelReport) {
    guard model.architecture?.role == .generates,
      !model.metadata.keys.contains(where: { $0.hasPrefix(TokenizerModel.chatTemplate) })
    else { return }
    report.add(
      rule, .key(TokenizerModel.chatTemplate), found: "no such key",
      expected: "a template, if the model is one to talk to")
  }
}
