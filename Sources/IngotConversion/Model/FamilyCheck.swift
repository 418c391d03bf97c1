import IngotArchitectures
import IngotCheckpoints
import IngotContainer
import IngotEncodings

/// Holds the tensors that a family derived against what its architecture has in a model with these numbers.
struct FamilyCheck {
  private let family: ModelFamily
  private let configuration: ModelConfiguration
  private let checkpoint: DerivedCheckpoint
  private let metadata: Metadata

  init(
    _ family: ModelFamily, _ configuration: ModelConfiguration, _ checkpoint: DerivedCheckpoint,
    _ metadata: Metadata
  ) {
    self.family = family
    self.configuration = configuration
    self.checkpoint = checkpoint
    self.metadata = metadata
  }

  /// Finds the first tensor that is missing or has another shape.
  ///
  /// - Throws: ``ConversionError`` that names the file, the tensor and what was expected.
  func check() throws(ConversionError) {
    guard let architecture = Architecture.named(family.architecture) else { return }
    let numbers = architecture.hyperparameters(from: metadata)
    var names: Set<String> = []
    for tensor in checkpoint.derived {
      names.insert(tensor.name)
      guard let expected = architecture.expectedTensor(named: tensor.name, numbers) else {
        throw ConversionError(
          .unknownTensor, tensor: tensor.label,
          "\(path(of: tensor)): \(tensor.label.quoted) would become \(tensor.name.quoted), which a \(family.architecture) with the numbers of \(configuration.path) does not have"
        )
      }
      let dimensions = Array(tensor.shape.reversed())
      guard !expected.accepts(dimensions) else { continue }
      throw ConversionError(
        .shape, tensor: tensor.label,
        "\(path(of: tensor)): \(tensor.label.quoted) has the shape \(tensor.sources.first?.shape ?? tensor.shape), expected \(text(expected, like: tensor)) by \(configuration.path) (\(expected.name)\(formula(expected)))"
      )
    }
    for expected in architecture.expectedTensors(numbers) where !names.contains(expected.name) {
      switch expected.presence {
      case .optional: continue
      case .unless(let other) where names.contains(other): continue
      case .required, .unless:
        throw ConversionError(
          .missingTensor, tensor: sourceName(of: expected.name),
          "\(checkpoint.sourceFiles.first.map { "\($0.path)" } ?? "the checkpoint"): \(sourceName(of: expected.name).quoted) is missing, which \(family.name) needs for \(expected.name.quoted)"
            + (expected.shape.map { "; its shape would be \(Array($0.reversed()))" } ?? ""))
      }
    }
  }

  private func path(of tensor: DerivedTensor) -> String {
    let file = tensor.sources.first?.location.file
    return file.map { "\(checkpoint.sourceFiles[$0].path)" } ?? "\(configuration.path)"
  }

  /// The shape by quantities, such as ` [embedding, feedForward]`, the fastest dimension first.
  private func formula(_ expected: ExpectedTensor) -> String {
    expected.template.shape.map { " [\($0.map(\.description).joined(separator: ", "))]" } ?? ""
  }

  /// The shape that a source would need: that of the output, but where rows and columns change places.
  private func text(_ expected: ExpectedTensor, like tensor: DerivedTensor) -> String {
    guard var shape = expected.shape.map({ Array($0.reversed()) }) else { return "another" }
    while shape.count < tensor.shape.count { shape.insert(1, at: 0) }
    if case .transposed = tensor.origin, shape.count > 1 { shape.swapAt(shape.count - 1, shape.count - 2) }
    if case .stacked(let sources) = tensor.origin, sources.count > 1 {
      return "\(Array(shape.dropFirst())), \(shape[0].counted("time"))"
    }
    return "\(shape)"
  }

  /// What a tensor of the output is called in checkpoints of the family.
  private func sourceName(of name: String) -> String {
    let name = NumberedName(name)
    for suffix in [".weight", ".bias"] where name.pattern.hasSuffix(suffix) {
      let stem = String(name.pattern.dropLast(suffix.count))
      for route in family.routes {
        if route.outputs.contains(where: { $0.name == stem }) { return name.filled(route.pattern) + suffix }
        if route.outputs.contains(where: { $0.name == name.pattern }) { return name.filled(route.pattern) }
      }
    }
    return name.pattern
  }
}
