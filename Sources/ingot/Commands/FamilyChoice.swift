import IngotConversion
import IngotFiles
import SystemPackage

/// As what a checkpoint is converted.
struct FamilyChoice {
  /// The family; `nil` is the one that `config.json` names.
  let family: ModelFamily?

  /// Reads what `--family` says.
  ///
  /// - Returns: `nil` where the names of the checkpoint are kept: with `generic`, and with `auto` for anything but a folder
  ///   that has a `config.json`.
  /// - Throws: ``Failure`` for a name that is none, and for a family of what is no folder.
  init?(_ name: String, for checkpoint: FilePath) throws {
    let isFolder = try Folder.isFolder(checkpoint)
    switch name.lowercased() {
    case "generic": return nil
    case "auto":
      guard isFolder, try Folder.names(in: checkpoint).contains("config.json") else { return nil }
      family = nil
    default:
      guard let family = ModelFamily.named(name) else {
        throw Failure(
          .impossibleRequest, "NO_SUCH_FAMILY",
          "there is no family \(name.quoted) in this release: ingot families lists them, --family generic keeps the names of the checkpoint"
        )
      }
      guard isFolder else {
        throw Failure(
          .impossibleRequest, "NO_SUCH_FAMILY",
          "\(checkpoint) is a file: a family needs the folder, with its config.json and tokenizer")
      }
      self.family = family
    }
  }
}
