/// Clause M9: a model has no tensors but those of its architecture.
enum UnknownTensors: ModelRule {
  static let rule = Rule(
    "M9-UNKNOWN", .warning, at: .model, title: "A model has no tensors but those of its architecture.",
    mend: "Look where the tensor comes from: some readers refuse a model with a tensor that they do not know."
  )

  static func check(_ model: JudgedModel, _ report: inout ModelReport) {
    guard let architecture = model.architecture, let numbers = model.numbers else { return }
    for tensor in model.tensors where architecture.expectedTensor(named: tensor.name, numbers) == nil {
      report.add(
        rule, tensor, found: "a tensor that a model of \(architecture.name) with these numbers does not have",
        expected: "the tensors of spec/architectures.md")
    }
  }
}
