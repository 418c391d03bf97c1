import IngotFiles
import SystemPackage

/// How files of one kind are recognised and opened: what a format adds to ``Checkpoints/open(_:limits:)``.
struct CheckpointKind: Sendable {
  /// Which kind it is.
  let format: Checkpoints.FileFormat
  /// What files of this kind are called, in messages.
  let name: String
  /// The name that such a file usually has in the folder of a model, if there is one.
  let usualFileName: String?
  /// How the names of such files end.
  let fileNameEnding: String?
  /// Whether a file that starts with these bytes is of this kind: the first 16, or all if it is shorter.
  let recognizes: @Sendable (_ start: [UInt8]) -> Bool
  /// Opens a file that was recognised.
  let open: @Sendable (_ file: RegularFile, _ limits: CheckpointLimits) throws -> any Checkpoint

  /// All kinds, in the order in which a folder is searched.
  static let all: [CheckpointKind] = [.safeTensors, .safeTensorsIndex, .gguf]

  /// The kinds for a message.
  static var supported: String { all.map(\.name).joined(separator: ", ") }
}
