import IngotContainer
import IngotFiles
import SystemPackage

/// Where checkpoints are opened.
public enum Checkpoints {
  /// Opens the checkpoint at a path, whatever its format.
  ///
  /// The format of a file is found from its bytes, never from its name. In a folder, the checkpoint is
  /// `model.safetensors`, else what `model.safetensors.index.json` names, else the shards `model-00001-of-….safetensors`, else
  /// `pytorch_model.bin`, else what `pytorch_model.bin.index.json` names, else the only `.safetensors` file, else the only
  /// `.gguf` file or the only split set of them, else the only `.pt`, `.pth`, `.npz` or `.onnx` file.
  ///
  /// The headers are read and checked; the data is not touched. Quantized weights of schemes that this release decodes are seen as
  /// floats, which are made as they are read: `spec/quantized.md`.
  ///
  /// - Parameters:
  ///   - path: A file or folder.
  ///   - choice: Which dictionary of a PyTorch file is the checkpoint, where there are several. Of another file, and of an
  ///     index of shards, one cannot be named.
  ///   - limits: What is accepted.
  /// - Throws: ``CheckpointError`` where there is no checkpoint, or none that is as its format requires, with
  ///   ``CheckpointError/Code/magic``, ``CheckpointError/Code/noCheckpoint`` and
  ///   ``CheckpointError/Code/ambiguous`` naming what is supported; `ModelError` about a GGUF file; `FileError` from the operating system, at once for a pipe or device.
  public static func open(
    _ path: FilePath, choosing choice: StateDictionaryChoice = .only, limits: CheckpointLimits = .default
  ) throws -> any Checkpoint {
    try open(path, choosing: choice, keepsBlocks: false, limits: limits)
  }

  /// As the public one.
  ///
  /// - Parameter keepsBlocks: Whether weights of MXFP4 in the form of gpt-oss stay as they are stored.
  package static func open(
    _ path: FilePath, choosing choice: StateDictionaryChoice = .only, keepsBlocks: Bool,
    limits: CheckpointLimits = .default
  ) throws -> any Checkpoint {
    let stored = try openStored(path, choosing: choice, limits: limits)
    let folder = try Folder.isFolder(path) ? path : path.removingLastComponent()
    return try QuantizedCheckpoint.decoding(stored, in: folder, keepsBlocks: keepsBlocks, limits: limits)
  }

  /// Opens a checkpoint with all tensors as they are stored.
  private static func openStored(
    _ path: FilePath, choosing choice: StateDictionaryChoice, limits: CheckpointLimits
  ) throws -> any Checkpoint {
    if try Folder.isFolder(path), let shards = try CheckpointFolder(path).shardsWithoutIndex() {
      try refuse(choice, of: "shards", path)
      return try SafeTensorsCheckpoint(shards: shards, in: path, limits: limits)
    }
    let path = try file(at: path)
    let file = try RegularFile(opening: path)
    guard let kind = try CheckpointKind.kind(of: file) else {
      throw CheckpointError(
        .magic, path, at: 0, found: ForeignFile.describe(try CheckpointKind.startingBytes(of: file)),
        expected: CheckpointKind.supported)
    }
    let checkpoint = try kind.open(file, choice, limits)
    if !kind.hasDictionaries || checkpoint.format != .pytorch {
      let isIndex = kind.format == .safetensorsIndex
      try refuse(choice, of: isIndex ? "an index of shards" : "a \(checkpoint.format.name) file", path)
    }
    return checkpoint
  }

  /// Refuses a choice among the dictionaries of what has none.
  private static func refuse(
    _ choice: StateDictionaryChoice, of found: String, _ path: FilePath
  ) throws(CheckpointError) {
    guard case .named = choice else { return }
    throw CheckpointError(
      .stateDictionary, path, found: "\(found), where there is no dictionary to choose",
      expected: "a file of PyTorch, or no --select")
  }

  /// What can be read of a PyTorch file that names what would be imported, or of a NumPy archive or an ONNX model with tensors
  /// that are not read, and each such name or tensor; it must not be converted.
  ///
  /// - Throws: as ``open(_:choosing:limits:)`` for every other fault.
  package static func survey(
    _ path: FilePath, limits: CheckpointLimits = .default
  ) throws -> (checkpoint: any Checkpoint, refusals: [CheckpointError]) {
    let file = try RegularFile(opening: file(at: path))
    guard let survey = try CheckpointKind.kind(of: file)?.survey else {
      return (try open(path, choosing: .onlyOrAll, limits: limits), [])
    }
    let checkpoint = try survey(file, limits)
    return (checkpoint, checkpoint.refusals)
  }

  /// The file that stands for a path: of a folder, the checkpoint in it.
  package static func file(at path: FilePath) throws -> FilePath {
    try Folder.isFolder(path) ? CheckpointFolder(path).checkpoint() : path
  }

  /// Whether an index joins shards of PyTorch.
  package static func isIndexOfPyTorch(_ file: RegularFile, limits: CheckpointLimits) -> Bool {
    guard let index = try? SafeTensorsIndex(of: file, limits: limits) else { return false }
    return CheckpointKind.isOfPyTorch(index)
  }

  /// Reads all members of the archives that a checkpoint is made of, and checks their CRC-32.
  ///
  /// - Parameters:
  ///   - checkpoint: A checkpoint of PyTorch or NumPy.
  ///   - limits: What it was opened with.
  ///   - progress: Called with the bytes of each member that was read.
  /// - Throws: ``CheckpointError/Code/checksum`` and what else is wrong with a member; `FileError`; `CancellationError`.
  package static func checkMembers(
    of checkpoint: any Checkpoint, limits: CheckpointLimits, progress: (UInt64) -> Void
  ) throws {
    for file in checkpoint.sourceFiles {
      guard try CheckpointKind.kind(of: file)?.format == .archive else { continue }
      let bytes = ReadableBytes(file)
      let reader = EntryReader(bytes)
      for entry in try ZIPArchive(bytes, limits: limits) {
        try Task.checkCancellation()
        try reader.check(entry)
        progress(entry.compressedByteCount)
      }
    }
  }

  /// What the names of checkpoints, and of the files that belong to them, end in.
  package static let fileNameEndings: Set<String> = Set(
    CheckpointKind.all.flatMap(\.fileNameEndings) + [".bin", ".json", ".npy"])

  /// The kinds of file that are known by their first bytes.
  package enum FileFormat: Sendable { case safetensors, safetensorsIndex, gguf, archive, pickle, array, onnx }

  /// The kind of a file that starts with these bytes: its first 16, or all.
  package static func format(ofFileStartingWith bytes: [UInt8]) -> FileFormat? {
    CheckpointKind.all.first { $0.recognizes(bytes) }?.format
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
    ([0x89, 0x48, 0x44, 0x46], "an HDF5 file, as Keras writes it"),
    (Array("version https://".utf8), "a Git LFS pointer, which stands for a file that was not downloaded"),
    (Array("<!DOCTYPE".utf8), "a web page"), (Array("<html".utf8), "a web page"),
  ]
}

extension String {
  fileprivate var paddedByte: String { count < 2 ? "0" + self : self }
}
