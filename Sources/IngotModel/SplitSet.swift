import IngotContainer
import IngotEncodings
import IngotFiles
import IngotSeal
import SystemPackage

/// The files that belong together with one that is opened, by its name.
///
/// Specification: `spec/container.md`, clause C23.
struct SplitSet {
  private let path: FilePath
  /// Nil for a file that is none of a split set.
  private let name: SplitName?

  init(of path: FilePath) {
    self.path = path
    name = path.lastComponent.flatMap { SplitName($0.string) }
  }

  /// Opens all files and checks that they belong together.
  func open(
    access: ModelFile.Access, limits: ParseLimits, seal request: SealCheck = SealCheck(),
    calls: any SystemCalls = PlatformCalls()
  ) throws(ModelError) -> [ModelShard] {
    var shards: [ModelShard] = []
    // Paths are made one by one: a name may claim any number of files.
    for index in 0..<count {
      let shard = try open(index, access: access, limits: limits, seal: request, calls: calls)
      try check(shard, at: index)
      shards.append(shard)
    }
    try checkTensorCount(of: shards)
    try checkSeals(of: shards)
    return shards
  }

  private var count: Int { name?.count ?? 1 }

  /// The paths of `count` files of a set of which `path` names one; `path` alone for a single file.
  ///
  /// - Throws: `SEAL_NAME` if it does not name a file of a set of as many.
  static func paths(of count: Int, like path: FilePath) throws(ModelError) -> [FilePath] {
    guard count > 1 else { return [path] }
    guard let name = path.lastComponent.flatMap({ SplitName($0.string) }), name.count == count else {
      let example = SplitName(prefix: "name", index: 0, count: count).fileName
      let error = SealError(
        .copyName, .file, found: "a set of \(count.counted("file"))",
        expected: "an output that is named like \(example)")
      throw ModelError(.seal(error), path)
    }
    return (0..<count).map { index in
      path.removingLastComponent().appending(
        SplitName(prefix: name.prefix, index: index, count: count).fileName)
    }
  }

  private func open(
    _ index: Int, access: ModelFile.Access, limits: ParseLimits, seal request: SealCheck,
    calls: any SystemCalls
  ) throws(ModelError) -> ModelShard {
    guard let name else {
      return try ModelShard.open(path, access: access, limits: limits, seal: request, calls: calls)
    }
    let sibling = SplitName(prefix: name.prefix, index: index, count: count)
    do throws(ModelError) {
      return try ModelShard.open(
        path.removingLastComponent().appending(sibling.fileName), access: access, limits: limits,
        seal: request, calls: calls)
    } catch {
      guard case .file(let fault) = error.cause, fault.code == .notFound else { throw error }
      // The file that was asked for is the caller's to name; the others belong to it.
      guard index != name.index else { throw error }
      throw ModelError(
        .split(found: "no such file", expected: "file \(index + 1) of \(count) of the split set"), error.path)
    }
  }

  /// Checks what a file says of its place in the set.
  ///
  /// A file that says nothing is believed by its name.
  private func check(_ shard: ModelShard, at index: Int) throws(ModelError) {
    guard let stated = try shard.splitPosition else { return }
    let found = "file \(stated.index + 1) of \(stated.count) by its metadata"
    if name != nil {
      guard stated.index == index, stated.count == count else {
        throw shard.error(.split(found: found, expected: "\(index + 1) of \(count), as its name says"))
      }
    } else if stated.count > 1 {
      throw shard.error(
        .split(
          found: found, expected: "a name that ends like -00001-of-00003.gguf, and the other files next to it"
        ))
    }
  }

  /// Checks that files which were held to their seals were sealed together: `spec/seal.md`, clause L12.
  private func checkSeals(of shards: [ModelShard]) throws(ModelError) {
    let statements = shards.compactMap { $0.seal?.statement }
    guard statements.count == shards.count else { return }
    if let fault = SealSet.faults(of: statements).first {
      throw shards[fault.file].error(.seal(fault.error))
    }
  }

  /// Checks the number of tensors of the whole set, which each file may state.
  private func checkTensorCount(of shards: [ModelShard]) throws(ModelError) {
    let found = shards.reduce(0) { $0 + $1.header.tensors.count }
    for shard in shards {
      if let stated = try shard.splitPosition?.tensorCount, stated != found {
        throw shard.error(
          .split(
            found: "\(found.counted("tensor")) in the set",
            expected: "\(stated), as this file's metadata says"))
      }
    }
  }
}

extension ModelShard {
  fileprivate var splitPosition: SplitPosition? {
    get throws(ModelError) {
      do throws(ContainerError) {
        return try SplitPosition(header.metadata)
      } catch {
        throw self.error(.container(error))
      }
    }
  }

  func error(_ cause: ModelError.Cause) -> ModelError { ModelError(cause, file.path) }
}
