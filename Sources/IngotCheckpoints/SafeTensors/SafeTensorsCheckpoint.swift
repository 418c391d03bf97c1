import IngotContainer
import IngotFiles
import SystemPackage

/// A safetensors file, or several that an index names.
///
/// Opening reads the headers and checks all of them; the data is read when it is asked for.
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
  private let table: TensorTable

  /// The tensors by shard, then by offset; tensors without bytes at one offset in the order of the header.
  public var tensors: [CheckpointTensor] { table.tensors }

  /// The tensor of this name, compared byte by byte, or `nil` if there is none.
  public func tensor(named name: String) -> CheckpointTensor? { table[name] }

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
    table = header.table
  }

  /// Opens the shards that a `model.safetensors.index.json` names, from its folder.
  ///
  /// - Throws: ``CheckpointError``, `FileError`.
  /// - Complexity: O(*n* log *n*) in the number of tensors.
  public init(openingIndex path: FilePath, limits: CheckpointLimits = .default) throws {
    try self.init(index: RegularFile(opening: path), limits: limits)
  }

  init(index file: RegularFile, limits: CheckpointLimits) throws {
    let shards = try SafeTensorsShards(index: SafeTensorsIndex(of: file, limits: limits), limits: limits)
    name = CheckpointName.of(file.path)
    metadata = shards.metadata
    warnings = shards.warnings
    sourceFiles = shards.files
    table = shards.table
  }
}
