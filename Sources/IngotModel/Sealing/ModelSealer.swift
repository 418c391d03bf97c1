import IngotContainer
import IngotFiles
import IngotSeal
import SystemPackage

/// Seals model files: in place, into a copy, or in files of their own.
///
/// Each file is read once, on several cores. A split set is sealed as one: name any of its files.
///
/// Sealing in place only ever adds bytes behind the file, and brings them to the disk in an order by which a crash at any
/// moment leaves the file unsealed, sealed, or with an unfinished seal that ``ModelUnsealer`` takes away.
///
/// Specification: `spec/seal.md`.
public struct ModelSealer: Sendable {
  /// Where a seal is written.
  public enum Destination: Sendable, Hashable {
    /// After the body, in the file itself.
    case inPlace
    /// Into a file beside it, whose name has `.seal` added; the file itself is not touched.
    case detached
    /// After a copy of the body, which has the permission bits of the file.
    case copy(FilePath)
  }

  /// The digest of the chunks.
  public var digest: SealDigest
  /// The bytes of a chunk.
  public var chunkByteCount: Int
  /// The name and number of the release.
  public var release: SealRelease
  /// Signs the seals, if there is one; needs SHA-256.
  public var key: SigningKey?
  /// How many parts are digested at once.
  public var threads: Int
  /// What a header may hold.
  public var limits: ParseLimits

  /// Prepares to seal files.
  ///
  /// - Precondition: `threads` is at least 1.
  public init(
    digest: SealDigest = .crc32, chunkByteCount: Int = SealFormat.defaultChunkByteCount,
    release: SealRelease = .none, key: SigningKey? = nil, threads: Int = 1, limits: ParseLimits = .default
  ) {
    precondition(threads >= 1)
    self.digest = digest
    self.chunkByteCount = chunkByteCount
    self.release = release
    self.key = key
    self.threads = threads
    self.limits = limits
  }

  /// Seals a file, or the split set that it belongs to.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - destination: Where the seal is written. The copy of a set is named like any of its files: of three for example
  ///     `new-00001-of-00003.gguf`.
  ///   - overwrite: Whether a seal that is there, or the file of the copy or detached seal, may be replaced.
  ///   - sources: Files that are read besides the model, such as that of the key, none of which may be replaced.
  ///   - progress: Takes the bytes that are done and all that there are, on the caller's task.
  /// - Returns: The sealed files, in the order of the set.
  /// - Throws: ``ModelError``, also `SEALED` for a file that has a seal, `SEAL_POSITION` for one with foreign bytes after
  ///   the body, `SEAL_UNFINISHED`, `SEAL_NAME` for a copy of a set whose name does not say so; `FileError`;
  ///   `CancellationError`. Nothing is written if a file is refused. Copies and detached seals of a set appear all or none; of a
  ///   set that is sealed in place, where that fails midway, the first files have their seals.
  public func seal(
    _ path: FilePath, to destination: Destination = .inPlace, overwrite: Bool = false,
    sources: [FileIdentity] = [], progress: (UInt64, UInt64) -> Void = { _, _ in }
  ) async throws -> [SealedFile] {
    try await seal(
      path, to: destination, overwrite: overwrite, sources: sources, calls: PlatformCalls(),
      progress: progress)
  }

  /// As the public one, through system calls that a test may make fail.
  func seal(
    _ path: FilePath, to destination: Destination, overwrite: Bool, sources: [FileIdentity] = [],
    calls: any SystemCalls, progress: (UInt64, UInt64) -> Void = { _, _ in }
  ) async throws -> [SealedFile] {
    let shards = try SplitSet(of: path).open(access: .positional, limits: limits)
    for shard in shards { try check(shard, destination, overwrite: overwrite) }
    let sources = sources + shards.map(\.file.identity)
    switch destination {
    case .copy(let target):
      return try copy(
        shards, to: try SplitSet.paths(of: shards.count, like: target), overwrite: overwrite,
        sources: sources, calls: calls, progress: progress)
    case .inPlace:
      // Opened first, so that what cannot be written is found before the work.
      let tails = try shards.map { try SealTail($0, calls: calls) }
      let seals = try await seals(of: shards, isDetached: false, progress: progress)
      try SealTail.reserve(for: seals, tails)
      try SealTail.write(seals, tails)
      return zip(tails, seals).map { tail, seal in
        SealedFile(
          path: tail.path, sealPath: tail.path, byteCount: seal.statement.bodyByteCount + seal.byteCount,
          seal: seal)
      }
    case .detached:
      let set = try AtomicFileSet(
        try shards.map { shard in
          try AtomicFile(
            replacing: shard.detachedSealPath, overwrite: overwrite, sources: sources, calls: calls)
        })
      let seals = try await seals(of: shards, isDetached: true, progress: progress)
      for (output, seal) in zip(set.files, seals) { try output.write(seal.encoded()) }
      try set.commit()
      return zip(shards, zip(set.files, seals)).map { shard, written in
        SealedFile(
          path: shard.file.path, sealPath: written.0.target, byteCount: written.1.byteCount, seal: written.1)
      }
    }
  }

  /// Refuses what cannot be sealed, before anything is read or written.
  private func check(_ shard: ModelShard, _ destination: Destination, overwrite: Bool) throws {
    do {
      try BodyDigester.check(
        digest, chunkByteCount: chunkByteCount, bodyByteCount: shard.header.bodyByteCount)
      switch try shard.place {
      case .nothing: break
      case .foreign: throw shard.foreignBytes(expected: "a model alone")
      case .seal:
        if destination == .inPlace && overwrite { break }
        if case .copy = destination { break }
        throw SealError(
          .sealed, at: shard.header.bodyByteCount, .file, found: "a seal",
          expected: destination == .inPlace ? "none; --force replaces it" : "none; unseal the file first")
      case .unfinished:
        if destination == .inPlace && overwrite { break }
        throw SealError(
          .unfinished, at: shard.header.bodyByteCount, .file, found: "an unfinished seal",
          expected: "none; unseal the file first"
            + (destination == .inPlace ? ", or --force replaces it" : ""))
      }
    } catch {
      throw shard.error(error)
    }
  }

  /// Reads all files and makes their seals.
  private func seals(
    of shards: [ModelShard], isDetached: Bool, progress: (UInt64, UInt64) -> Void
  ) async throws -> [Seal] {
    let total = shards.reduce(0) { $0 + $1.header.bodyByteCount }
    var completed: UInt64 = 0
    var bodies: [BodyDigests] = []
    for shard in shards {
      let chunks = try await ChunkDigests.of(
        shard, digest, chunkByteCount: chunkByteCount, threads: threads
      ) {
        completed += UInt64($0)
        progress(completed, total)
      }
      bodies.append(
        try BodyDigests(of: shard.header, digest, chunkByteCount: chunkByteCount, chunkDigests: chunks) {
          try shard.readBody(into: $1, at: $0)
        })
    }
    return try seals(of: bodies, shards, isDetached: isDetached)
  }

  /// Makes the seals of bodies that have been read.
  private func seals(
    of bodies: [BodyDigests], _ shards: [ModelShard], isDetached: Bool
  ) throws(ModelError) -> [Seal] {
    do throws(SealError) {
      let lengths = try shards.map { shard throws(SealError) in try shard.unsealedByteCount }
      guard shards.count > 1 else {
        return [
          try Seal(
            bodies[0], release: release, signedBy: key, isDetached: isDetached, originalByteCount: lengths[0])
        ]
      }
      return try Seal.set(
        bodies, originalByteCounts: lengths, release: release, signedBy: key, isDetached: isDetached)
    } catch {
      throw shards[0].error(error)
    }
  }

  /// Copies bodies, each digested as it is written, then adds their seals, and puts all in place.
  private func copy(
    _ shards: [ModelShard], to targets: [FilePath], overwrite: Bool, sources: [FileIdentity],
    calls: any SystemCalls, progress: (UInt64, UInt64) -> Void
  ) throws -> [SealedFile] {
    let set = try AtomicFileSet(
      try zip(shards, targets).map { shard, target in
        try AtomicFile(
          replacing: target, overwrite: overwrite, sources: sources, permissions: shard.file.permissions,
          calls: calls)
      })
    let outputs = set.files
    for (shard, output) in zip(shards, outputs) {
      try output.reserve(byteCount: shard.header.bodyByteCount)
    }
    let total = shards.reduce(0) { $0 + $1.header.bodyByteCount }
    var completed: UInt64 = 0
    let bodies = try zip(shards, outputs).map { shard, output in
      try copyBody(of: shard, to: output) { count in
        completed += UInt64(count)
        progress(completed, total)
      }
    }
    let seals = try seals(of: bodies, shards, isDetached: false)
    for (output, seal) in zip(outputs, seals) { try output.write(seal.encoded()) }
    try set.commit()
    return zip(outputs, seals).map { output, seal in
      SealedFile(path: output.target, sealPath: output.target, byteCount: output.byteCount, seal: seal)
    }
  }

  private func copyBody(
    of shard: ModelShard, to output: AtomicFile, progress: (Int) -> Void
  ) throws -> BodyDigests {
    let total = shard.header.bodyByteCount
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
    defer { buffer.deallocate() }
    var digester: BodyDigester
    do {
      digester = try BodyDigester(shard.header, digest, chunkByteCount: chunkByteCount)
    } catch {
      throw shard.error(error)
    }
    while output.byteCount < total {
      try Task.checkCancellation()
      let count = Int(min(UInt64(buffer.count), total - output.byteCount))
      let part = UnsafeMutableRawBufferPointer(rebasing: buffer[..<count])
      try shard.readBody(into: part, at: output.byteCount)
      digester.update(UnsafeRawBufferPointer(part))
      try output.write(UnsafeRawBufferPointer(part))
      progress(count)
    }
    return digester.finish()
  }
}
