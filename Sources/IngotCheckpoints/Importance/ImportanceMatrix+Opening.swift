import IngotContainer
import IngotFiles
import SystemPackage

extension ImportanceMatrix {
  /// Reads the importance matrix at a path, whatever its format.
  ///
  /// The format is found from the bytes: GGUF, or else the one that llama.cpp wrote before.
  ///
  /// - Throws: ``CheckpointError`` for a file that is no importance matrix or a broken one, with
  ///   ``CheckpointError/Code/magic``, ``CheckpointError/Code/schema``, ``CheckpointError/Code/value`` and others;
  ///   `ModelError` about a GGUF file; `FileError` from the operating system, at once for a folder, pipe or device.
  /// - Complexity: O(*n*) in the bytes of the file.
  public init(opening path: FilePath, limits: CheckpointLimits = .default) throws {
    let file = try RegularFile(opening: path)
    var start = [UInt8](repeating: 0, count: Int(min(file.byteCount, 4)))
    try start.withUnsafeMutableBytes { try file.read(into: $0, at: 0) }
    guard !start.isEmpty else {
      throw CheckpointError(.magic, path, at: 0, found: "an empty file", expected: Self.formats)
    }
    if ContainerFormat.magic.starts(with: start) {
      self = try Self.read(GGUFCheckpoint(opening: path, limits: limits), path, limits: limits)
    } else {
      var reader = LegacyImportanceReader(path, byteCount: file.byteCount, limits: limits) {
        try file.read(into: $1, at: $0)
      }
      self = try reader.matrix()
    }
  }

  /// What a file must be, for messages.
  static let formats =
    "an importance matrix, as a GGUF file of the type imatrix or in llama.cpp's older format"
}
