import IngotContainer
import IngotFiles
import SystemPackage

/// The shards of an index, opened, and checked to hold what the index says and nothing else.
///
/// Specification: `spec/safetensors.md`, clause S8.
struct SafeTensorsShards {
  private(set) var files: [RegularFile] = []
  private(set) var table = TensorTable()
  private(set) var metadata = Metadata()
  private(set) var warnings: [CheckpointWarning] = []
  private let index: SafeTensorsIndex

  init(index: SafeTensorsIndex, limits: CheckpointLimits) throws {
    self.index = index
    try refuseForgottenShards()
    for shard in index.shards { try append(shard, limits: limits) }
    try checkPlaces()
  }

  private var folder: FilePath { index.path.removingLastComponent() }

  private mutating func append(_ shard: SafeTensorsIndex.Shard, limits: CheckpointLimits) throws {
    let file = try open(shard)
    let header = try SafeTensorsHeader(of: file, index: files.count, limits: limits)
    for tensor in header.table.tensors {
      guard index[tensor.name] != nil else {
        throw CheckpointError(
          .shard, file.path, at: tensor.location.offset, .tensor(tensor.name),
          found: "a tensor that the index does not name", expected: "only tensors of the index")
      }
      guard table.append(tensor) else {
        throw CheckpointError(
          .duplicate, file.path, at: tensor.location.offset, .tensor(tensor.name),
          found: "the tensor a second time: it is in \(firstShard(with: tensor.name).quoted) too",
          expected: "each tensor in one shard")
      }
    }
    for (key, value) in header.metadata where metadata[key] == nil { metadata[key] = value }
    warnings += header.warnings
    files.append(file)
  }

  private func open(_ shard: SafeTensorsIndex.Shard) throws -> RegularFile {
    do {
      return try RegularFile(opening: folder.appending(shard.name))
    } catch  where error.code == .notFound {
      throw CheckpointError(
        .shard, index.path, at: shard.offset, .shard(shard.name), found: "no such file",
        expected: "a file beside the index")
    }
  }

  /// Checks that each tensor of the index is in the shard that the index names.
  private func checkPlaces() throws(CheckpointError) {
    for entry in index.tensors {
      let place = table[entry.name]?.location.file
      guard place != entry.shard else { continue }
      throw CheckpointError(
        .shard, index.path, at: entry.offset, .tensor(entry.name),
        found: place.map { "the tensor in \(index.shards[$0].name.quoted)" } ?? "the tensor in no shard",
        expected: "it in \(index.shards[entry.shard].name.quoted)")
    }
  }

  /// Refuses a file in the folder that is by its name a shard of this set, and that the index does not name.
  ///
  /// A folder that cannot be listed is not checked; what the index names may be readable all the same.
  private func refuseForgottenShards() throws(CheckpointError) {
    let named = Set(index.shards.map { ExactName($0.name) })
    let sets = Set(index.shards.lazy.compactMap { Self.setName(ofShard: $0.name) })
    guard !sets.isEmpty, let names = try? Folder.names(in: folder.isEmpty ? "." : folder) else { return }
    for name in names.lazy.map(\.string) where !named.contains(ExactName(name)) {
      guard let set = Self.setName(ofShard: name), sets.contains(set) else { continue }
      throw CheckpointError(
        .shard, index.path, .shard(name), found: "a shard of the set that the index does not name",
        expected: "all shards in the index")
    }
  }

  /// What the names of all shards of a set have in common, such as the `model` and the `4` of
  /// `model-00001-of-00004.safetensors`.
  private static func setName(ofShard name: String) -> SplitName? {
    let suffix = ".safetensors"
    guard name.hasSuffix(suffix) else { return nil }
    // The pattern is that of split GGUF files, but for the ending.
    return SplitName(name.dropLast(suffix.count) + ".gguf").map {
      SplitName(prefix: $0.prefix, index: 0, count: $0.count)
    }
  }

  private func firstShard(with name: String) -> String {
    table[name].map { index.shards[$0.location.file].name } ?? ""
  }
}
