/// The format of a checkpoint.
public enum CheckpointFormat: String, Sendable, CaseIterable {
  /// A safetensors file, or several with an index.
  case safetensors
  /// A file of PyTorch, or several with an index.
  case pytorch
  /// An array of NumPy, or an archive of them.
  case numpy
  /// A model of ONNX.
  case onnx
  /// A GGUF file, or a split set of them.
  case gguf

  /// The name for people.
  public var name: String {
    switch self {
    case .safetensors: "safetensors"
    case .gguf: "GGUF"
    case .pytorch: "PyTorch"
    case .numpy: "NumPy"
    case .onnx: "ONNX"
    }
  }
}
