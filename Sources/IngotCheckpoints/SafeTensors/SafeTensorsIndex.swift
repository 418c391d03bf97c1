import IngotContainer
import IngotEncodings
import IngotFiles
import SystemPackage

/// A `model.safetensors.index.json`: which shard holds which tensor.
///
/// Specification: `spec/safetensors.md`, clause S7.
struct SafeTensorsIndex: Sendable {
  /// A name in the index, and the offset of its first mention.
  struct Shard: Sendable {
    let name: String
    let offset: UInt64
  }

  /// The index file.
  let path: FilePath
  /// The shards in the order of the bytes of their names.
  let shards: [Shard]
  /// The tensors in the order of the index.
  let tensors: IndexedTensors

  /// Reads and checks the index, through a small window.
  ///
  /// - Throws: ``CheckpointError``, and `FileError` from reading. With `report` the faults that leave the rest readable
  ///   are reported instead.
  init(
    of file: RegularFile, limits: CheckpointLimits, report: ((SafeTensorsFault) -> Void)? = nil
  ) throws {
    guard file.byteCount <= limits.headerByteCount else {
      throw CheckpointError(
        .indexLimit, file.path, at: 0, found: "an index of \(file.byteCount.counted("byte"))",
        expected: "at most \(limits.headerByteCount)")
    }
    let window = ByteWindow(0..<file.byteCount) { try file.read(into: $1, at: $0) }
    var parser = SafeTensorsIndexParser(window, path: file.path, limits: limits, report: report)
    try parser.parse()

    let shards = parser.shards
    let order = shards.indices.sorted {
      shards[$0].name.utf8.lexicographicallyPrecedes(shards[$1].name.utf8)
    }
    var newPlaces = [Int](repeating: 0, count: order.count)
    for (place, shard) in order.enumerated() { newPlaces[shard] = place }
    var tensors = parser.tensors
    tensors.updateShards { newPlaces[$0] }
    path = file.path
    self.shards = order.map { shards[$0] }
    self.tensors = tensors
  }
}
