import IngotArchitectures

/// Clause M8: a model has the keys that its architecture needs.
enum MissingHyperparameters: ModelRule {
  static let rule = Rule(
    "M8-MISSING", at: .model, title: "A model has the keys that its architecture needs.",
    mend: "Convert the model again, or add the key with the value of its config.json.")

  static func check(_ model: JudgedModel, _ report: inout ModelReport) {
    guard let architecture = model.architecture, !model.tensors.isEmpty else { return }
    for parameter in architecture.hyperparameters where parameter.isRequired {
      let key = architecture.key(of: parameter)
      guard model.metadata[key] == nil else { continue }
      report.add(rule, .key(key), found: "no such key", expected: parameter.constraint.description)
    }
  }
}
