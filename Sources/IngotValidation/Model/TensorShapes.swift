import IngotArchitectures

/// Clause M9: tensors have the shapes that follow from the numbers of the model.
enum TensorShapes: ModelRule {
  static let rule = Rule(
    "M9-SHAPE", at: .model, title: "A tensor has the shape that follows from the numbers of the model.",
    mend: "Convert the model again: a key of the architecture, the vocabulary or the tensor is wrong.")

  static func check(_ model: JudgedModel, _ report: inout ModelReport) {
    guard let architecture = model.architecture, let numbers = model.numbers else { return }
    for tensor in model.tensors {
      guard let dimensions = tensor.dimensions,
        let expected = architecture.expectedTensor(named: tensor.name, numbers), !expected.accepts(dimensions)
      else { continue }
      report.add(
        rule, tensor, found: dimensions.shape,
        expected: "\(expected.shape?.shape ?? ""), from \(expected.template.formula)")
    }
  }
}

extension TensorTemplate {
  /// The shape by its formula.
  fileprivate var formula: String { shape?.map(\.description).joined(separator: ", ") ?? "" }
}
