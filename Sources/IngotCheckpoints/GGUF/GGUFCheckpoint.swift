import IngotContainer
import IngotFiles
import IngotModel
import SystemPackage

/// A GGUF file, or a split set of them, as a checkpoint.
///
/// The shapes are those of the file turned round: row-major, slowest first.
///
/// Specification: `spec/container.md`.
public struct GGUFCheckpoint: Checkpoint {
  /// ``CheckpointFormat/gguf``.
  public let format = CheckpointFormat.gguf
  /// The name of the file without its ending and its number in a set.
  public let name: String
  /// The metadata of the first file, without the keys that place it in a split set.
  public let metadata: Metadata
  /// None: what is odd about a GGUF file is for a validation to report.
  public var warnings: [CheckpointWarning] { [] }
  /// The file, or the files of the set in order.
  public let sourceFiles: [RegularFile]
  private let table: CheckpointTensors

  /// The tensors by file, then by offset.
  public var tensors: CheckpointTensors { table }

  /// The tensor of this name, compared byte by byte, or `nil` if there is none.
  public func tensor(named name: String) -> CheckpointTensor? { table[name] }

  /// Opens a GGUF file, or the split set that it belongs to, with positional access.
  ///
  /// - Throws: `ModelError`, with the path of the file that is to blame.
  public init(opening path: FilePath, limits: CheckpointLimits = .default) throws {
    let model = try ModelFile(opening: path, access: .positional, limits: limits.container)
    name = CheckpointName.of(path)
    sourceFiles = model.shards.map(\.file)

    // Read whole: a conversion copies it, and must meet no failure on the way.
    try model.metadata.loadArrays()
    var metadata = model.metadata
    if model.shards.count > 1 {
      for key in [SplitPosition.indexKey, SplitPosition.countKey, SplitPosition.tensorCountKey] {
        metadata[key] = nil
      }
    }
    self.metadata = metadata

    var table = CheckpointTensors()
    table.reserveCapacity(model.tensors.count)
    for (file, shard) in model.shards.enumerated() {
      for info in shard.header.tensors {
        // A model has each name once.
        _ = table.append(
          CheckpointTensor(
            name: info.name, shape: info.dimensions.reversed(), type: ElementType(info.encoding),
            elementCount: info.elementCount, byteCount: info.byteCount,
            location: .init(file: file, offset: shard.header.byteRange(of: info).lowerBound)))
      }
    }
    self.table = table
  }
}
