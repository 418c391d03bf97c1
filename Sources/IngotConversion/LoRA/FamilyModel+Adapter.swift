import IngotCheckpoints
import IngotContainer
import IngotEncodings
import SystemPackage

extension FamilyModel {
  /// An adapter as a model of its own: a file that readers add to the base model when they run it.
  ///
  /// Of the base only `config.json` is read.
  ///
  /// - Parameters:
  ///   - adapter: The adapter.
  ///   - base: The folder of the model that it was trained for.
  ///   - family: Its family; `nil` finds it by what `architectures` names.
  ///   - limits: What is accepted of the files.
  /// - Throws: ``ConversionError``, also where the adapter does more than such a file can say; `CheckpointError`, `FileError`.
  public init(
    adapter: LoRAAdapter, base: FilePath, family: ModelFamily? = nil, limits: CheckpointLimits = .default
  ) throws {
    let folder = try ModelFolder(base, limits: limits)
    guard var configuration = try ModelConfiguration(folder) else {
      throw ConversionError(.family, "\(base) has no config.json, which says what the model is")
    }
    let family = try family ?? .named(by: configuration)
    configuration.fill(family.defaults)
    try family.complete(&configuration)
    let adapter = adapter.fitted(to: family, modelClass: configuration.modelClass ?? "")

    // Readers divide by the rank; by its root where the configuration says so, as far as one number can.
    let rank = adapter.pairs.first.map { Float($0.pair.rank) } ?? 1
    let alpha = adapter.isRankStabilized ? Float(adapter.alpha) * rank.squareRoot() : Float(adapter.alpha)
    let factors = try AdapterFactors(adapter, alpha: alpha)
    let mapping = try FamilyMapping(factors, family, configuration, words: nil)
    var derived: [DerivedTensor] = []
    for tensor in mapping.derived where !tensor.sources.isEmpty {
      guard let source = tensor.sources.first, tensor.sources.count == 1, tensor.shape.count == 2,
        let inputs = factors.inputs(of: source.name)
      else {
        throw ConversionError(
          .adapter, tensor: tensor.label,
          "\(adapter.path): \(tensor.label.quoted) is one of several that readers stack: merge the adapter without --adapter"
        )
      }
      if case .ternary = tensor.origin {
        throw ConversionError(
          .adapter, tensor: tensor.label,
          "\(tensor.label.quoted) is ternary when the model runs: merge the adapter without --adapter")
      }
      derived.append(
        DerivedTensor(
          label: "\(tensor.label) A", name: tensor.name + ".lora_a", shape: inputs.shape, type: inputs.type,
          origin: .rows([inputs], .all), change: nil))
      derived.append(
        DerivedTensor(
          label: "\(tensor.label) B", name: tensor.name + ".lora_b", shape: tensor.shape, type: tensor.type,
          origin: tensor.origin, change: tensor.change))
    }
    let checkpoint = try DerivedCheckpoint(derived, from: factors)
    let general = GeneralMetadata.make(
      folder: adapter.folder, configuration: configuration.file,
      parameters: ParameterCount(total: 0, shared: 0))
    var metadata: Metadata = ["general.architecture": .string(family.architecture)]
    for (key, value) in general.metadata where key != "general.size_label" { metadata[key] = value }
    metadata["general.type"] = "adapter"
    metadata["adapter.type"] = "lora"
    metadata["adapter.lora.alpha"] = .float32(alpha)
    metadata["general.quantization_version"] = .uint32(GenericMetadata.quantizationVersion)
    self.init(
      family: family, checkpoint: checkpoint, metadata: metadata,
      warnings: general.warnings)
  }
}
