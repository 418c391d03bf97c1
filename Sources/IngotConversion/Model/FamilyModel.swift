import IngotArchitectures
import IngotCheckpoints
import IngotContainer
import SystemPackage

/// The model in a folder of Hugging Face, as its family converts it: tensors with the names that readers know, and all
/// metadata but what the encodings decide.
///
/// Opening reads configuration, tokenizer and headers, and checks that they belong together; the data is not touched.
///
/// Specification: `spec/families.md`.
public struct FamilyModel: Sendable {
  /// The family.
  public let family: ModelFamily
  /// The tensors, called by the names of their sources.
  public let checkpoint: DerivedCheckpoint
  /// The metadata of the output, in which `general.file_type` is 0.
  public let metadata: Metadata
  /// What was accepted though it may not be meant.
  public let warnings: [String]

  /// Opens the model in a folder.
  ///
  /// - Parameters:
  ///   - path: A folder with a `config.json` and a checkpoint.
  ///   - family: The family; `nil` finds it by what `architectures` names.
  ///   - preTokenizer: How readers cut text into words; `nil` finds it by the structure of `tokenizer.json`.
  ///   - adapters: What is added to the checkpoint, one after the other.
  ///   - choice: Which dictionary of a PyTorch file holds the tensors, where there are several.
  ///   - limits: What is accepted of the files.
  /// - Throws: ``ConversionError``, `CheckpointError`, `FileError`.
  public init(
    opening path: FilePath, family: ModelFamily? = nil, preTokenizer: String? = nil,
    adding adapters: [LoRAAdapter] = [], choosing choice: StateDictionaryChoice = .only,
    limits: CheckpointLimits = .default
  ) throws {
    let folder = try ModelFolder(path, limits: limits)
    guard var configuration = try ModelConfiguration(folder) else {
      throw ConversionError(
        .family,
        "\(path) has no config.json, which says what the model is: --family generic keeps names as they are")
    }
    self.family = try family ?? .named(by: configuration)
    try Self.checkQuantization(folder)
    configuration.fill(self.family.defaults)
    try self.family.complete(&configuration)

    let (chosen, modelClass) = (self.family, configuration.modelClass ?? "")
    let source = try adapters.reduce(
      try Checkpoints.open(path, choosing: choice, keepsBlocks: chosen.takesBlocks, limits: limits)
    ) { source, adapter in
      try MergedCheckpoint(source, adding: adapter.fitted(to: chosen, modelClass: modelClass))
    }
    let tokenizer = try ModelTokenizer.load(
      self.family.tokenizer, from: folder, vocabularySize: configuration.integer("vocab_size"),
      modelType: configuration.text("model_type"), tokenTypeCount: configuration.integer("type_vocab_size"),
      preTokenizer: preTokenizer)
    let mapping = try FamilyMapping(source, self.family, configuration, words: tokenizer.tokenCount)
    checkpoint = try DerivedCheckpoint(mapping.derived, from: source)

    var list = HyperparameterList(self.family.architecture, configuration)
    try self.family.hyperparameters(configuration, &list)
    let general = GeneralMetadata.make(
      folder: folder, configuration: configuration.file,
      parameters: ParameterCount(
        of: checkpoint.tensors.lazy.map { [checkpoint] tensor in
          (checkpoint.outputName(of: tensor.name) ?? "", tensor.elementCount, tensor.shape.reversed())
        }))
    var metadata: Metadata = ["general.architecture": .string(self.family.architecture)]
    let quantization: Metadata = [
      "general.quantization_version": .uint32(GenericMetadata.quantizationVersion)
    ]
    for part in [general.metadata, list.metadata, quantization, tokenizer.metadata] {
      for (key, value) in part { metadata[key] = value }
    }
    self.metadata = metadata
    warnings =
      [configuration.contradiction(of: self.family)].compactMap(\.self)
      + general.warnings + tokenizer.warnings
    try FamilyCheck(self.family, configuration, checkpoint, metadata).check()
  }

  init(family: ModelFamily, checkpoint: DerivedCheckpoint, metadata: Metadata, warnings: [String]) {
    self.family = family
    self.checkpoint = checkpoint
    self.metadata = metadata
    self.warnings = warnings
  }
}

extension FamilyModel {
  /// Refuses weights that are stored in a scheme that this release does not decode.
  private static func checkQuantization(_ folder: ModelFolder) throws {
    guard let quantization = try QuantizationConfiguration.of(folder), let scheme = quantization.unsupported
    else { return }
    throw ConversionError(
      .noCodec,
      "\(quantization.path): the weights are quantized by \(scheme), which this release does not decode: take the checkpoint that they were made of"
    )
  }
}

extension ModelConfiguration {
  /// That the configuration names a class of another family than was chosen.
  fileprivate func contradiction(of family: ModelFamily) -> String? {
    guard let name = modelClass, let other = ModelFamily.ofClass(name), other.name != family.name else {
      return nil
    }
    return
      "\(path) names \(name), a model of the family \(other.name), and it is converted as \(family.name)"
  }
}

extension ModelFamily {
  /// Whether blocks of MXFP4 are taken as they are stored.
  fileprivate var takesBlocks: Bool { routes.contains { $0.pattern.hasSuffix("_blocks") } }
}

extension ModelFamily {
  /// The family of a configuration.
  ///
  /// - Throws: ``ConversionError`` `NO_SUCH_FAMILY` with what is nearest.
  static func named(by configuration: ModelConfiguration) throws(ConversionError) -> ModelFamily {
    guard let name = configuration.modelClass else {
      throw ConversionError(
        .family,
        "\(configuration.path) names no architecture in \"architectures\": choose one with --family, or --family generic, which keeps names as they are"
      )
    }
    if let family = ofClass(name) { return family }
    let stems = Dictionary(
      all.flatMap(\.classes).map { ($0.classStem, $0) }, uniquingKeysWith: { first, _ in first })
    let near = NearestNames.nearest(to: name.classStem, among: Array(stems.keys), most: 1).first.flatMap {
      stems[$0]
    }
    throw ConversionError(
      .family,
      "\(configuration.path): this release does not convert \(name.quoted)"
        + (near.flatMap(ofClass).map { "; the nearest is \($0.name) (\($0.models))" } ?? "")
        + ". ingot families lists what it converts; --family generic keeps names as they are")
  }
}

extension String {
  /// The name of a class without what says only what the model is for.
  fileprivate var classStem: String {
    for ending in [
      "ForCausalLM", "ForMaskedLM", "ForSequenceClassification", "ForConditionalGeneration", "LMHeadModel",
      "Model",
    ]
    where hasSuffix(ending) {
      return String(dropLast(ending.count))
    }
    return self
  }
}
