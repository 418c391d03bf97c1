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
      let family = try ModelFamily.chosen(name)
      guard isFolder else { throw Self.noModel(checkpoint, for: "--family \(family.name)") }
      self.family = family
    }
  }

  /// What is said where an option needs a model and there is another checkpoint (`spec/command.md`, clause K1.3).
  static func noModel(_ checkpoint: FilePath, for option: String) -> Failure {
    Failure(
      .impossibleRequest, "NOT_A_MODEL",
      "\(checkpoint) is not the folder of a model, with its config.json and tokenizer, which \(option) needs")
  }
}
