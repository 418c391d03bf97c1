import IngotFiles
import SystemPackage

/// A checkpoint that can be looked at though it is refused.
protocol SurveyedCheckpoint: Checkpoint {
  /// What a survey passed over, each an error for which opening refuses the file; empty where the file was opened.
  var refusals: [CheckpointError] { get }
}

/// How files of one kind are recognised and opened: what a format adds to ``Checkpoints/open(_:choosing:limits:)``.
struct CheckpointKind: Sendable {
  /// Which kind it is.
  let format: Checkpoints.FileFormat
  /// The name that such a file usually has in the folder of a model, if there is one.
  let usualFileName: String?
  /// How the names of such files end.
  let fileNameEndings: [String]
  /// Whether a file that starts with these bytes is of this kind: the first 16, or all if it is shorter.
  let recognizes: @Sendable (_ start: [UInt8]) -> Bool
  /// Opens a file that was recognised.
  let open: @Sendable (RegularFile, StateDictionaryChoice, CheckpointLimits) throws -> any Checkpoint
  /// Opens a file for which `open` may throw on account of single tensors or names, without these: `nil` where it never does.
  var survey: (@Sendable (RegularFile, CheckpointLimits) throws -> any SurveyedCheckpoint)?

  /// Whether such a file, if PyTorch wrote it, may hold several dictionaries of tensors.
  var hasDictionaries: Bool { format == .archive || format == .pickle }

  /// All kinds, in the order in which a folder is searched.
  ///
  /// An array's first bytes could be those of a safetensors file that is cut, so it comes first.
  static let all: [CheckpointKind] = [
    .numPyArray, .safeTensors, .safeTensorsIndex, .gguf, .archive, .pyTorchStream, .pyTorchIndex, .onnx,
  ]

  /// The kind of a file, by its first bytes.
  static func kind(of file: RegularFile) throws -> CheckpointKind? {
    let start = try startingBytes(of: file)
    return all.first { $0.recognizes(start) }
  }

  /// The bytes that tell the kind of a file.
  static func startingBytes(of file: RegularFile) throws -> [UInt8] {
    var start = [UInt8](repeating: 0, count: Int(min(file.byteCount, 16)))
    try start.withUnsafeMutableBytes { try file.read(into: $0, at: 0) }
    return start
  }

  /// The formats of which files are of some kind, for a message.
  static var supported: String {
    let names = CheckpointFormat.allCases.map(\.name)
    return names.dropLast().joined(separator: ", ") + names.suffix(1).map { " or \($0)" }.joined()
  }
}
