import IngotCheckpoints
import IngotContainer
import IngotEncodings
import IngotFiles
import SystemPackage

/// A low-rank adapter as PEFT saves it: what is to be added to the matrices of a model, as products of two small ones.
///
/// Opening reads the configuration and the header of the tensors; the data is not touched.
///
/// Specification: `spec/adapters.md`; "LoRA: Low-Rank Adaptation of Large Language Models" (arXiv 2106.09685).
public struct LoRAAdapter: Sendable {
  /// What is added to one matrix W: scale · B·A, with A [rank, inputs] and B [outputs, rank].
  struct Pair: Sendable {
    /// A, whose rows are directions of the input.
    let inputs: CheckpointTensor
    /// B, whose columns are directions of the output.
    let outputs: CheckpointTensor
    /// What the product is multiplied with.
    let scale: Float
    /// Whether W is stored the other way round, [inputs, outputs].
    var isTransposed: Bool
    /// Whether W is a table of embeddings.
    let isEmbedding: Bool

    /// The rank of the product.
    var rank: Int { inputs.shape[0] }
    /// The shape of W as it is stored.
    var shape: [Int] {
      let shape = [outputs.shape[0], inputs.shape[1]]
      return isTransposed ? shape.reversed() : shape
    }
  }

  /// Adapters in use have ranks up to some hundred; a row of B is held whole.
  private static let largestRank = 1 << 16

  /// The folder.
  public let path: FilePath
  let checkpoint: any Checkpoint
  private(set) var pairs: Pairs
  private(set) var replacements: Replacements
  /// The factor of the configuration, `lora_alpha`.
  let alpha: Double
  let isRankStabilized: Bool
  let keepsTies: Bool
  let folder: ModelFolder

  /// Opens the adapter in a folder: `adapter_config.json` with `adapter_model.safetensors` or `adapter_model.bin`.
  ///
  /// - Throws: ``ConversionError`` with ``ConversionError/Code/adapter`` and a name; `CheckpointError`, `FileError`.
  public init(opening path: FilePath, limits: CheckpointLimits = .default) throws {
    self.path = path
    guard try Folder.isFolder(path) else {
      throw ConversionError(
        .adapter,
        "\(path) is a file: --lora takes the folder of an adapter that PEFT saved, with adapter_config.json")
    }
    folder = try ModelFolder(path, limits: limits)
    guard let configuration = try folder.json("adapter_config.json") else {
      throw ConversionError(
        .adapter, "\(path) has no adapter_config.json: --lora takes the folder of an adapter that PEFT saved")
    }
    let settings = try Settings(configuration, path: folder.path(of: "adapter_config.json"))
    alpha = settings.alpha
    isRankStabilized = settings.isRankStabilized
    keepsTies = settings.keepsTies
    let names = ["adapter_model.safetensors", "adapter_model.bin"]
    guard let name = names.first(where: folder.has) else {
      throw ConversionError(.adapter, "\(path) has no \(names.joined(separator: " or "))")
    }
    checkpoint = try Checkpoints.open(folder.path(of: name), limits: limits)
    pairs = Pairs(of: checkpoint.tensors)
    replacements = Replacements(of: checkpoint.tensors)
    try read(settings)
    guard !pairs.isEmpty || !replacements.isEmpty else {
      throw ConversionError(.adapter, "\(folder.path(of: name)) has no tensor of an adapter")
    }
  }

  /// The adapter for a model of a family, which knows what stands the other way round better than `fan_in_fan_out`: PEFT states
  /// there what is so for the module that it came to last.
  func fitted(to family: ModelFamily, modelClass: String) -> LoRAAdapter {
    var result = self
    for (index, (name, pair)) in pairs.enumerated() where !pair.isEmbedding {
      if let isTransposed = family.standsTransposed(name, modelClass: modelClass) {
        result.pairs.turn(index, isTransposed: isTransposed)
      }
    }
    return result
  }

  /// The tensors of a module, by their places; below zero those that it has not.
  private struct Module {
    var places = SIMD4<Int32>(repeating: -1)

    func place(_ part: Part) -> Int? { places[part.number] < 0 ? nil : Int(places[part.number]) }
    var count: Int { (0..<4).count { places[$0] >= 0 } }
  }

  /// Sorts the tensors.
  private mutating func read(_ settings: Settings) throws {
    var names = NameTable()
    var modules: [Module] = []
    for (place, tensor) in checkpoint.tensors.enumerated() {
      guard let (module, part) = Self.module(of: tensor.name) else {
        let name = Self.ownName(tensor.name)
        if name.contains("lora_") || name.contains("trainable_tokens_") {
          throw ConversionError(
            .adapter, tensor: tensor.name,
            "\(path): \(tensor.name.quoted) is of a kind of adapter that this release does not merge: merge this adapter with PEFT"
          )
        }
        replacements.append(place)
        continue
      }
      let index = names.index(of: module) ?? modules.count
      if index == modules.count {
        names.append(module)
        modules.append(Module())
      }
      guard modules[index].place(part) == nil else {
        throw ConversionError(
          .adapter, tensor: tensor.name,
          "\(path): \(module.quoted) has two tensors \(part.rawValue): an adapter of one name is expected")
      }
      modules[index].places[part.number] = Int32(place)
    }
    for (index, module) in modules.enumerated() { pairs.append(try pair(names[index], module, settings)) }
  }

  /// What two tensors make together.
  private func pair(_ module: String, _ parts: Module, _ settings: Settings) throws -> Pairs.Entry {
    let isEmbedding = parts.place(.embeddingInputs) != nil || parts.place(.embeddingOutputs) != nil
    guard let inputsPlace = parts.place(isEmbedding ? .embeddingInputs : .inputs),
      let outputsPlace = parts.place(isEmbedding ? .embeddingOutputs : .outputs), parts.count == 2
    else {
      throw ConversionError(
        .adapter, tensor: module, "\(path): \(module.quoted) has not both of its two matrices, and no others")
    }
    let (inputs, outputs) = (checkpoint.tensors[inputsPlace], checkpoint.tensors[outputsPlace])
    guard inputs.shape.count == 2, outputs.shape.count == 2, inputs.shape[0] == outputs.shape[1],
      (1...Self.largestRank).contains(inputs.shape[0]), inputs.type.kind == .float,
      outputs.type.kind == .float, inputs.type.canDecode,
      outputs.type.canDecode
    else {
      throw ConversionError(
        .adapter, tensor: inputs.name,
        "\(path): \(inputs.name.quoted) is \(inputs.type.name) \(inputs.shape) and \(outputs.name.quoted) \(outputs.type.name) \(outputs.shape), expected floats [rank, inputs] and [outputs, rank] with a rank of 1 to \(Self.largestRank)"
      )
    }
    let rank = Double(inputs.shape[0])
    let scale = try settings.alpha(of: module) / (settings.isRankStabilized ? rank.squareRoot() : rank)
    // An embedding is a product with a matrix of ones and zeros, and stored as that takes it.
    return Pairs.Entry(
      inputs: UInt32(inputsPlace), outputs: UInt32(outputsPlace), scale: Float(scale),
      isTransposed: isEmbedding || settings.isTransposed, isEmbedding: isEmbedding)
  }
}
