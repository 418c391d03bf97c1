/// Clause M7: a model names its architecture.
enum MissingArchitecture: ModelRule {
  static let rule = Rule(
    "M7-MISSING", at: .model, title: "A model names its architecture.",
    mend: "Convert the model again: without general.architecture no reader knows what it is.")

  static func check(_ model: JudgedModel, _ report: inout ModelReport) {
    let key = JudgedModel.architectureKey
    guard model.metadata[key] == nil, model.text(JudgedModel.typeKey) ?? "model" == "model" else { return }
    report.add(rule, .key(key), found: "no such key", expected: "the name of an architecture")
  }
}
