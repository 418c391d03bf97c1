/// Clause M9: a file without tensors is a vocabulary.
enum NoTensors: ModelRule {
  static let rule = Rule(
    "M9-EMPTY", .note, at: .model, title: "A model has tensors.",
    mend: "Nothing needs to be done where only the vocabulary is wanted; otherwise convert the model again.")

  static func check(_ model: JudgedModel, _ report: inout ModelReport) {
    guard model.architecture != nil, model.tensors.isEmpty else { return }
    report.add(rule, .file, found: "no tensors", expected: "those of the architecture")
  }
}
