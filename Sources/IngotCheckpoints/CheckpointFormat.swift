/// The format of a checkpoint.
public enum CheckpointFormat: String, Sendable, CaseIterable {
  /// A safetensors file, or several with an index.
  case safetensors
  /// A GGUF file, or a split set of them.
  case gguf

  /// The name for people.
  public var name: String {
    switch self {
    case .safetensors: "safetensors"
    case .gguf: "GGUF"
    }
  }
}
