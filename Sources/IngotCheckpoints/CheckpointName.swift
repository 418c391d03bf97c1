import IngotContainer
import SystemPackage

/// How a model is named that does not name itself.
enum CheckpointName {
  /// The file's name without its endings and its number in a set; the folder's, where the file is just a `model`.
  static func of(_ path: FilePath) -> String {
    var name = path.lastComponent?.string ?? ""
    for ending in [
      ".index.json", ".safetensors", ".gguf", ".bin", ".pth", ".pt", ".jit", ".npz", ".npy", ".onnx",
    ]
    where name.hasSuffix(ending) {
      name.removeLast(ending.count)
    }
    if let split = SplitName("\(name).gguf") { name = split.prefix }
    guard name == "model" || name == "pytorch_model" || name.isEmpty,
      let folder = path.removingLastComponent().lastComponent,
      folder.kind == .regular
    else { return name.isEmpty ? "model" : name }
    return folder.string
  }
}
