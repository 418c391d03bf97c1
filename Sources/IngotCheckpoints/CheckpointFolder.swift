import IngotContainer
import IngotEncodings
import IngotFiles
import SystemPackage

/// A folder in which a checkpoint is looked for.
struct CheckpointFolder {
  private let path: FilePath
  private let names: [String]

  /// Lists the folder.
  init(_ path: FilePath) throws(FileError) {
    self.path = path
    names = try Folder.names(in: path).map(\.string)
  }

  /// The ends of the names of checkpoints, those first that hardly anything else has.
  private static let endings =
    CheckpointKind.all.filter { $0.format != .array }.flatMap(\.fileNameEndings)
    + CheckpointKind.numPyArray.fileNameEndings + [".bin"]

  /// What trainers leave beside a checkpoint.
  private static let others: Set = ["training_args.bin", "optimizer.bin", "scheduler.bin"]

  /// The file to open.
  ///
  /// - Throws: ``CheckpointError/Code/noCheckpoint``, ``CheckpointError/Code/ambiguous``.
  func checkpoint() throws(CheckpointError) -> FilePath {
    for kind in CheckpointKind.all {
      if let name = kind.usualFileName, names.contains(name) { return path.appending(name) }
    }
    for ending in Self.endings {
      let candidates = names.filter {
        $0.hasSuffix(ending) && !$0.hasPrefix(".") && !Self.others.contains($0)
      }
      guard let first = candidates.first else { continue }
      guard candidates.count == 1 || isOneSplitSet(candidates) else {
        throw CheckpointError(
          .ambiguous, path, found: Self.list(candidates),
          expected: "one \(ending) file, or \(usualNames); name the file to open")
      }
      return path.appending(first)
    }
    throw CheckpointError(
      .noCheckpoint, path, found: names.isEmpty ? "an empty folder" : "a folder with \(Self.list(names))",
      expected: "\(usualNames), or one file of \(CheckpointKind.supported)")
  }

  /// The shards of a set called `model` that no index names, in their order; `nil` where the folder holds something
  /// that comes before them, or there are none.
  ///
  /// - Throws: ``CheckpointError/Code/shard`` where one of the set is missing.
  func shardsWithoutIndex() throws(CheckpointError) -> [FilePath]? {
    let whole = [CheckpointKind.safeTensors, .safeTensorsIndex].compactMap(\.usualFileName)
    if whole.contains(where: names.contains) { return nil }
    let shards = names.compactMap { name in SafeTensorsShards.splitName(ofShard: name).map { (name, $0) } }
      .filter { $0.1.prefix == "model" }
    guard let count = shards.first?.1.count else { return nil }
    let found = Set(shards.lazy.filter { $0.1.count == count }.map(\.1.index))
    guard found.count == shards.count else { return nil }
    if let missing = (0..<count).first(where: { !found.contains($0) }) {
      throw CheckpointError(
        .shard, path, .shard(shards[0].0),
        found: "\(shards.count.counted("shard")) and not the number \(missing + 1)",
        expected: "all \(count) of the set")
    }
    return shards.map { path.appending($0.0) }
  }

  /// Whether the files are all of one set; the folder's order then has the first one first.
  private func isOneSplitSet(_ names: [String]) -> Bool {
    let sets = Set(
      names.map { SplitName($0).map { SplitName(prefix: $0.prefix, index: 0, count: $0.count) } })
    return sets.count == 1 && !sets.contains(nil)
  }

  private var usualNames: String { CheckpointKind.all.compactMap(\.usualFileName).joined(separator: ", ") }

  private static func list(_ names: [String]) -> String {
    let shown = names.prefix(10).map(\.quoted).joined(separator: ", ")
    return names.count > 10 ? "\(shown) and \(names.count - 10) more" : shown
  }
}
