import IngotArchitectures
import IngotContainer

/// Clause M9: a model has the tensors that its architecture needs.
enum MissingTensors: ModelRule {
  static let rule = Rule(
    "M9-MISSING", at: .model, title: "A model has the tensors that its architecture needs.",
    mend: "Convert the model again, with a current tool: readers refuse it as it is.")

  static func check(_ model: JudgedModel, _ report: inout ModelReport) {
    guard let architecture = model.architecture, let numbers = model.numbers, !model.tensors.isEmpty
    else { return }
    let names = Set(model.tensors.map { ExactName($0.name) })
    for tensor in architecture.expectedTensors(numbers) where !names.contains(ExactName(tensor.name)) {
      switch tensor.presence {
      case .optional: continue
      case .unless(let other) where names.contains(ExactName(other)): continue
      case .unless, .required:
        let isOld = tensor.name.firstExpert.map { names.contains(ExactName($0)) } ?? false
        report.add(
          rule, .tensor(tensor.name),
          found: isOld ? "a tensor for each expert, which readers no longer take" : "no such tensor",
          expected: tensor.shape?.shape ?? tensor.template.description)
      }
    }
  }
}

extension String {
  /// What the first expert of this tensor of experts was called when each had one of its own.
  fileprivate var firstExpert: String? {
    let ending = "_exps.weight"
    return hasSuffix(ending) ? dropLast(ending.count) + ".0.weight" : nil
  }
}
