import IngotContainer
import IngotFiles
import SystemPackage

/// The shards of an index, opened, and checked to hold what the index says and nothing else.
///
/// It throws at the first fault. A validator takes the faults that leave the rest readable as reports.
///
/// Specification: `spec/safetensors.md`, clause S8.
struct SafeTensorsShards {
  private(set) var files: [RegularFile] = []
  private(set) var table = CheckpointTensors()
  private(set) var metadata = Metadata()
  private(set) var warnings: [CheckpointWarning] = []
  private let index: SafeTensorsIndex
  private let report: ((SafeTensorsFault) -> Void)?
  /// The shards that were read without fault, by their place in the index, and their files.
  private var sources: [Int: Int] = [:]

  init(
    index: SafeTensorsIndex, limits: CheckpointLimits, report: ((SafeTensorsFault) -> Void)? = nil
  ) throws {
    self.index = index
    self.report = report
    try refuseForgottenShards()
    for place in index.shards.indices { try append(place, limits: limits) }
    try checkPlaces()
  }

  private var folder: FilePath { index.path.removingLastComponent() }

  private mutating func append(_ place: Int, limits: CheckpointLimits) throws {
    guard let file = try open(index.shards[place]) else { return }
    guard let (header, isFaultless) = try header(of: file, limits: limits) else { return }
    for tensor in header.table {
      let subject = CheckpointError.Subject.tensor(tensor.name)
      if !index.tensors.contains(tensor.name) {
        try settle(
          CheckpointError(
            .shardContent, file.path, at: tensor.location.offset, subject,
            found: "a tensor that the index does not name", expected: "only tensors of the index"))
      }
      if !table.append(tensor) {
        try settle(
          CheckpointError(
            .uniqueTensor, file.path, at: tensor.location.offset, subject,
            found: "the tensor a second time: it is in \(firstShard(with: tensor.name).quoted) too",
            expected: "each tensor in one shard"))
      }
    }
    for (key, value) in header.metadata where metadata[key] == nil { metadata[key] = value }
    warnings += header.warnings
    if isFaultless { sources[place] = files.count }
    files.append(file)
  }

  private func open(_ shard: SafeTensorsIndex.Shard) throws -> RegularFile? {
    do {
      return try RegularFile(opening: folder.appending(shard.name))
    } catch  where error.code == .notFound {
      try settle(
        CheckpointError(
          .shardFile, index.path, at: shard.offset, .shard(shard.name), found: "no such file",
          expected: "a file beside the index"))
      return nil
    }
  }

  /// The header of a shard, and whether it has no faults; `nil` if it cannot be read at all.
  private func header(
    of file: RegularFile, limits: CheckpointLimits
  ) throws -> (SafeTensorsHeader, isFaultless: Bool)? {
    guard let report else {
      return (try SafeTensorsHeader(of: file, index: files.count, limits: limits), true)
    }
    var isFaultless = true
    do {
      let header = try SafeTensorsHeader(of: file, index: files.count, limits: limits) { fault in
        if case .error = fault { isFaultless = false }
        report(fault)
      }
      return (header, isFaultless)
    } catch let error as CheckpointError {
      report(.error(error))
      return nil
    }
  }

  /// Checks that each tensor of the index is in the shard that the index names.
  ///
  /// Of a shard with faults it is not known what it was to hold.
  private func checkPlaces() throws(CheckpointError) {
    for entry in index.tensors {
      guard let source = sources[entry.shard] else { continue }
      let file = table[entry.name]?.location.file
      guard file != source else { continue }
      try settle(
        CheckpointError(
          .shardContent, index.path, at: entry.offset, .tensor(entry.name),
          found: file.map { "the tensor in \(name(ofFile: $0).quoted)" } ?? "the tensor in no shard",
          expected: "it in \(index.shards[entry.shard].name.quoted)"))
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
      try settle(
        CheckpointError(
          .forgottenShard, index.path, .shard(name),
          found: "a shard of the set that the index does not name", expected: "all shards in the index"))
    }
  }

  /// Reports a fault, or throws it.
  private func settle(_ fault: CheckpointError) throws(CheckpointError) {
    guard let report else { throw fault }
    report(.error(fault))
  }

  /// What the names of all shards of a set have in common, such as the `model` and the `4` of
  /// `model-00001-of-00004.safetensors`.
  private static func setName(ofShard name: String) -> SplitName? {
    splitName(ofShard: name).map { SplitName(prefix: $0.prefix, index: 0, count: $0.count) }
  }

  /// What the name of a shard says: its set and its number, counted from 0.
  static func splitName(ofShard name: String) -> SplitName? {
    let suffix = ".safetensors"
    guard name.hasSuffix(suffix) else { return nil }
    // The pattern is that of split GGUF files, but for the ending.
    return SplitName(name.dropLast(suffix.count) + ".gguf")
  }

  private func firstShard(with tensor: String) -> String {
    table[tensor].map { name(ofFile: $0.location.file) } ?? ""
  }

  private func name(ofFile file: Int) -> String { files[file].path.lastComponent?.string ?? "" }
}
