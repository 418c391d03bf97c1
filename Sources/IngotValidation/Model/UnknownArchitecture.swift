import IngotContainer

/// Clause M7: of an architecture that this release does not know, nothing else is judged.
enum UnknownArchitecture: ModelRule {
  static let rule = Rule(
    "M7-UNKNOWN", .note, at: .model, title: "The architecture is one of spec/architectures.md.",
    mend: "Nothing needs to be done: only the rules of models were not judged.")

  static func check(_ model: JudgedModel, _ report: inout ModelReport) {
    let key = JudgedModel.architectureKey
    guard model.architecture == nil, let name = model.text(key),
      model.text(JudgedModel.typeKey) ?? "model" == "model"
    else { return }
    report.add(rule, model, key: key, found: name.quoted, expected: "an architecture that is known")
  }
}
