import IngotContainer
import IngotEncodings
import IngotFiles
import SystemPackage

/// A safetensors file, or several that an index names.
///
/// Opening reads the headers and checks all of them; the data is read when it is asked for. Packed ternary weights and
/// their scales are one tensor each, of the type ``ElementType/ternary(scale:)``; the scales are read at once.
///
/// Specification: `spec/safetensors.md`.
public struct SafeTensorsCheckpoint: Checkpoint {
  /// ``CheckpointFormat/safetensors``.
  public let format = CheckpointFormat.safetensors
  /// The name of the file without its ending; of shards and of a `model.safetensors`, the folder's.
  public let name: String
  /// The texts of `__metadata__`, as strings; of shards those of the first that has the key.
  public let metadata: Metadata
  /// The unknown fields of the headers.
  public let warnings: [CheckpointWarning]
  /// The file, or the shards in the order of their names, byte by byte.
  public let sourceFiles: [RegularFile]
  private let table: CheckpointTensors

  /// The tensors by shard, then by offset; tensors without bytes at one offset in the order of the header.
  public var tensors: CheckpointTensors { table }

  /// The tensor of this name, compared byte by byte, or `nil` if there is none.
  public func tensor(named name: String) -> CheckpointTensor? { table[name] }

  /// Fills `buffer` with a range of a tensor's bytes, as they are stored; ternary codes in the order of the values.
  ///
  /// - Parameters:
  ///   - tensor: A tensor of this checkpoint.
  ///   - range: Which of its bytes.
  ///   - buffer: Receives them; as long as the range.
  /// - Throws: `FileError`, also where the file has been shortened since it was opened.
  /// - Precondition: `range` is within `0..<tensor.byteCount`, and `buffer` is as long.
  /// - Complexity: O(*n*) in the length of the range. Of ternary codes four times as many bytes are read, in memory of
  ///   64 KiB: a packed byte holds values of four rows.
  public func read(
    _ tensor: CheckpointTensor, bytes range: Range<Int>, into buffer: UnsafeMutableRawBufferPointer
  ) throws {
    precondition(range.lowerBound >= 0 && range.upperBound <= tensor.byteCount, "not within the tensor")
    precondition(buffer.count == range.count, "the buffer and the range differ in length")
    if range.isEmpty { return }
    let file = sourceFiles[tensor.location.file]
    if case .ternary = tensor.type {
      try PackedTernary.read(tensor, bytes: range, into: buffer, from: file)
    } else {
      try file.read(into: buffer, at: tensor.location.offset + UInt64(range.lowerBound))
    }
  }

  /// Opens one safetensors file.
  ///
  /// - Throws: ``CheckpointError``, `FileError`.
  /// - Complexity: O(*n* log *n*) in the number of tensors, O(*n*) if the header has them in order.
  public init(opening path: FilePath, limits: CheckpointLimits = .default) throws {
    try self.init(RegularFile(opening: path), limits: limits)
  }

  init(_ file: RegularFile, limits: CheckpointLimits) throws {
    let header = try SafeTensorsHeader(of: file, index: 0, limits: limits)
    name = CheckpointName.of(file.path)
    metadata = header.metadata
    warnings = header.warnings
    sourceFiles = [file]
    table = try PackedTernary.joined(header.table, of: [file], beside: file.path, limits: limits)
  }

  /// Opens the shards that a `model.safetensors.index.json` names, from its folder.
  ///
  /// - Throws: ``CheckpointError``, `FileError`.
  /// - Complexity: O(*n* log *n*) in the number of tensors.
  public init(openingIndex path: FilePath, limits: CheckpointLimits = .default) throws {
    try self.init(SafeTensorsIndex(of: RegularFile(opening: path), limits: limits), limits: limits)
  }

  init(_ index: SafeTensorsIndex, limits: CheckpointLimits) throws {
    let shards = try SafeTensorsShards(index: index, limits: limits)
    name = CheckpointName.of(index.path)
    metadata = shards.metadata
    warnings = shards.warnings
    sourceFiles = shards.files
    table = try PackedTernary.joined(shards.table, of: shards.files, beside: index.path, limits: limits)
  }

  /// Opens the shards of a set that no index names.
  ///
  /// - Throws: ``CheckpointError``, also for a tensor that is in two shards; `FileError`.
  init(shards: [FilePath], in folder: FilePath, limits: CheckpointLimits) throws {
    var files: [RegularFile] = []
    var table = CheckpointTensors()
    var metadata = Metadata()
    var warnings: [CheckpointWarning] = []
    for path in shards {
      let file = try RegularFile(opening: path)
      let header = try SafeTensorsHeader(of: file, index: files.count, limits: limits)
      for tensor in header.table where !table.append(tensor) {
        throw CheckpointError(
          .uniqueTensor, path, at: tensor.location.offset, .tensor(tensor.name),
          found: "the tensor a second time", expected: "each tensor in one shard")
      }
      guard table.count <= limits.tensorCount else {
        throw CheckpointError(
          .limit, path, found: "more than \(limits.tensorCount.counted("tensor")) in all shards",
          expected: "at most \(limits.tensorCount)")
      }
      for (key, value) in header.metadata where metadata[key] == nil { metadata[key] = value }
      warnings += header.warnings
      files.append(file)
    }
    name = CheckpointName.of(folder.appending("model.safetensors"))
    self.metadata = metadata
    self.warnings = warnings
    sourceFiles = files
    self.table = try PackedTernary.joined(
      table, of: files, beside: folder.appending("config.json"), limits: limits)
  }
}
