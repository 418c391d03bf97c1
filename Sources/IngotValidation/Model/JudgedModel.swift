import IngotArchitectures
import IngotContainer

/// A model that is judged: the metadata of its first file, and the tensors of all.
struct JudgedModel: Sendable {
  /// A tensor, and where its entry stands.
  struct Tensor: Sendable {
    let name: String
    /// The dimensions, the one that runs fastest first; `nil` where they are broken.
    let dimensions: [Int]?
    /// Where the entry starts in its file.
    let offset: UInt64
    /// The number of its file in the set.
    let file: Int
  }

  let metadata: Metadata
  let tensors: [Tensor]
  /// The architecture, if this release knows it and the file is a model.
  let architecture: Architecture?
  /// The numbers of that architecture.
  let numbers: Hyperparameters?

  /// The key that names the architecture.
  static let architectureKey = "general.architecture"
  /// The key that says what a file is.
  static let typeKey = "general.type"

  /// Puts together a model from the headers of its files in their order.
  init(_ files: [HeaderExamination]) {
    let metadata = files.first?.metadata ?? Metadata()
    var isModel = true
    if case .string(let type)? = metadata[Self.typeKey] { isModel = type == "model" }
    var architecture: Architecture?
    if isModel, case .string(let name)? = metadata[Self.architectureKey] { architecture = .named(name) }
    self.metadata = metadata
    self.architecture = architecture
    numbers = architecture?.hyperparameters(from: metadata)
    tensors = files.enumerated().flatMap { index, file in
      file.entries.map {
        Tensor(
          name: $0.name, dimensions: file.header?.tensor(named: $0.name)?.dimensions, offset: $0.offset,
          file: index)
      }
    }
  }

  /// The strings of a key, if it has such.
  func strings(_ key: String) -> MetadataArray.Strings? { array(key)?.strings }

  /// The array of a key, if it is one.
  func array(_ key: String) -> MetadataArray? {
    if case .array(let array)? = metadata[key] { array } else { nil }
  }

  /// The text of a key, if it is one.
  func text(_ key: String) -> String? {
    if case .string(let text)? = metadata[key] { text } else { nil }
  }

  /// How text is cut into tokens, if this release knows the way.
  var tokenizer: TokenizerModel? { text(TokenizerModel.key).flatMap(TokenizerModel.named) }
}
