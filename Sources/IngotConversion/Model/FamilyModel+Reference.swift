import IngotCheckpoints
import IngotContainer
import IngotFiles
import SystemPackage

extension FamilyModel {
  /// Opens what a file is compared with: a folder as its family sees it, where the file is a model of that family.
  ///
  /// - Parameters:
  ///   - path: Of the reference, of any format.
  ///   - other: What is compared with it.
  ///   - choice: Which dictionary of a PyTorch file, where there are several.
  /// - Throws: As opening either.
  public static func reference(
    at path: FilePath, for other: any Checkpoint, choosing choice: StateDictionaryChoice = .only
  ) throws -> any Checkpoint {
    guard other.format == .gguf, case .string(let name)? = other.metadata["general.architecture"],
      ModelFamily.all.contains(where: { $0.architecture == name }), try Folder.isFolder(path),
      try Folder.names(in: path).contains("config.json")
    else { return try Checkpoints.open(path, choosing: choice) }
    // How text is cut into words says nothing of tensors.
    let model = try FamilyModel(opening: path, preTokenizer: "default", choosing: choice)
    return try model.checkpoint.namedAsOutput()
  }
}
