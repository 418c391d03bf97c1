import IngotContainer
import IngotFiles
import SystemPackage

/// Where checkpoints are opened.
public enum Checkpoints {
  /// Opens the checkpoint at a path, whatever its format.
  ///
  /// The format of a file is found from its bytes, never from its name. In a folder, the checkpoint is
  /// `model.safetensors`, else what `model.safetensors.index.json` names, else the shards `model-00001-of-….safetensors`, else
  /// the only `.safetensors` file, else the only `.gguf` file or the only split set of them.
  ///
  /// The headers are read and checked; the data is not touched. Quantized weights of schemes that this release decodes are seen as
  /// floats, which are made as they are read: `spec/quantized.md`.
  ///
  /// - Throws: ``CheckpointError`` where there is no checkpoint, or none that is as its format requires, with
  ///   ``CheckpointError/Code/magic``, ``CheckpointError/Code/noCheckpoint`` and
  ///   ``CheckpointError/Code/ambiguous`` naming what is supported; `ModelError` about a GGUF file; `FileError` from the operating system, at once for a pipe or device.
  public static func open(_ path: FilePath, limits: CheckpointLimits = .default) throws -> any Checkpoint {
    try open(path, keepsBlocks: false, limits: limits)
  }

  /// As the public one.
  ///
  /// - Parameter keepsBlocks: Whether weights of MXFP4 in the form of gpt-oss stay as they are stored.
  package static func open(
    _ path: FilePath, keepsBlocks: Bool, limits: CheckpointLimits = .default
  ) throws -> any Checkpoint {
    let stored = try openStored(path, limits: limits)
    let folder = try Folder.isFolder(path) ? path : path.removingLastComponent()
    return try QuantizedCheckpoint.decoding(stored, in: folder, keepsBlocks: keepsBlocks, limits: limits)
  }

  /// Opens a checkpoint with all tensors as they are stored.
  private static func openStored(_ path: FilePath, limits: CheckpointLimits) throws -> any Checkpoint {
    if try Folder.isFolder(path), let shards = try CheckpointFolder(path).shardsWithoutIndex() {
      return try SafeTensorsCheckpoint(shards: shards, in: path, limits: limits)
    }
    let path = try file(at: path)
    let file = try RegularFile(opening: path)
    let start = try startingBytes(of: file)
    guard let kind = CheckpointKind.all.first(where: { $0.recognizes(start) }) else {
      throw CheckpointError(
        .magic, path, at: 0, found: ForeignFile.describe(start), expected: CheckpointKind.supported)
    }
    return try kind.open(file, limits)
  }

  /// The file that stands for a path: of a folder, the checkpoint in it.
  package static func file(at path: FilePath) throws -> FilePath {
    try Folder.isFolder(path) ? CheckpointFolder(path).checkpoint() : path
  }

  /// The kinds of file that are known by their first bytes.
  package enum FileFormat: Sendable { case safetensors, safetensorsIndex, gguf }

  /// The kind of a file that starts with these bytes: its first 16, or all.
  package static func format(ofFileStartingWith bytes: [UInt8]) -> FileFormat? {
    CheckpointKind.all.first { $0.recognizes(bytes) }?.format
  }

  private static func startingBytes(of file: RegularFile) throws -> [UInt8] {
    var start = [UInt8](repeating: 0, count: Int(min(file.byteCount, 16)))
    try start.withUnsafeMutableBytes { try file.read(into: $0, at: 0) }
    return start
  }
}

/// Names of what is often mistaken for a checkpoint, or is one that this release does not read.
private enum ForeignFile {
  static func describe(_ start: [UInt8]) -> String {
    if start.isEmpty { return "an empty file" }
    for (magic, name) in known where start.starts(with: magic) { return name }
    return "a file that starts with "
      + start.prefix(8).map { String($0, radix: 16).paddedByte }.joined(separator: " ")
  }

  private static let known: [([UInt8], String)] = [
    (Array("PK".utf8), "a ZIP archive, as PyTorch and NumPy write it"),
    ([0x80, 0x02], "a Python pickle, as old PyTorch writes it"),
    (Array("\u{93}NUMPY".unicodeScalars.map { UInt8($0.value) }), "a NumPy array"),
    ([0x89, 0x48, 0x44, 0x46], "an HDF5 file, as Keras writes it"),
    (Array("version https://".utf8), "a Git LFS pointer, which stands for a file that was not downloaded"),
    (Array("<!DOCTYPE".utf8), "a web page"), (Array("<html".utf8), "a web page"),
  ]
}

extension String {
  fileprivate var paddedByte: String { count < 2 ? "0" + self : self }
}
