import IngotContainer

/// Clause M7: of a file that is no model by itself, nothing else is judged.
enum NoModel: ModelRule {
  static let rule = Rule(
    "M7-PART", .note, at: .model, title: "A file is a whole model.",
    mend: "Nothing needs to be done: the file goes with a model, and the rules of models were not judged.")

  static func check(_ model: JudgedModel, _ report: inout ModelReport) {
    let key = JudgedModel.typeKey
    guard let type = model.text(key), type != "model" else { return }
    report.add(rule, model, key: key, found: type.quoted, expected: "model".quoted)
  }
}
