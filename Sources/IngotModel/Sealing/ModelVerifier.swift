import IngotContainer
import IngotFiles
import IngotSeal
import SystemPackage

/// Holds model files to their seals, every byte of them.
///
/// ```swift
/// let verifier = ModelVerifier(policy: SealPolicy(keys: [publisher]))
/// for verdict in try await verifier.verify("model.gguf") where !verdict.isValid { print(verdict.errors) }
/// ```
///
/// Of a split set all files are verified, and that they were sealed together. A seal after the body decides; a file that has
/// nothing there is held to the detached seal beside it, if there is one.
///
/// Specification: `spec/seal.md`, clause L13.
public struct ModelVerifier: Sendable {
  /// What is asked of the seals.
  ///
  /// A file without a seal is never valid here.
  public var policy: SealPolicy
  /// How many parts are digested at once.
  public var threads: Int
  /// What a header may hold.
  public var limits: ParseLimits

  /// Prepares to verify files.
  ///
  /// - Precondition: `threads` is at least 1.
  public init(policy: SealPolicy = SealPolicy(), threads: Int = 1, limits: ParseLimits = .default) {
    precondition(threads >= 1)
    self.policy = policy
    self.threads = threads
    self.limits = limits
  }

  /// Verifies a file, or the split set that it belongs to.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - progress: Takes the bytes that are done and all that there are, on the caller's task.
  /// - Returns: A verdict on each file, in the order of the set.
  /// - Throws: ``ModelError`` for a file that cannot be read or whose header is refused; `CancellationError`.
  public func verify(
    _ path: FilePath, progress: (UInt64, UInt64) -> Void = { _, _ in }
  ) async throws -> [SealVerdict] {
    let shards = try SplitSet(of: path).open(access: .positional, limits: limits)
    let total = shards.reduce(0) { $0 + $1.header.bodyByteCount }
    var completed: UInt64 = 0
    var verdicts: [SealVerdict] = []
    for shard in shards {
      verdicts.append(
        try await verify(shard) {
          completed += UInt64($0)
          progress(completed, total)
        })
    }
    checkSet(&verdicts)
    return verdicts
  }

  private func verify(_ shard: ModelShard, progress: (Int) -> Void) async throws -> SealVerdict {
    var verdict = SealVerdict(
      path: shard.file.path, sealPath: try shard.sealPath, errorPath: shard.file.path,
      byteCount: shard.file.byteCount)
    let seal: Seal
    do {
      seal = try shard.seal(at: verdict.sealPath)
      verdict.seal = seal
      try policy.check(seal)
      verdict.isAuthentic = policy.effectiveMinimum == .signature
    } catch let error as SealError {
      verdict.errors.append(error)
      return verdict
    } catch let error as ModelError {
      guard case .seal(let fault) = error.cause else { throw error }
      verdict.errors.append(fault)
      verdict.errorPath = error.path
      return verdict
    }
    let verifier = SealVerifier(seal, of: shard.header)
    var findings = SealFindings()
    do {
      try verifier.checkHeader { try shard.readBody(into: $1, at: $0) }
    } catch let error as SealError {
      findings.header = error
    }
    let size = seal.statement.digest.byteCount
    let digests = try await ChunkDigests.of(
      shard, seal.statement.digest, chunkByteCount: seal.statement.chunkByteCount, threads: threads,
      progress: progress)
    for index in 0..<seal.statement.chunkCount
    where !seal.matches(digests[index * size..<(index + 1) * size], chunk: index) {
      findings.damagedChunks.append(index)
    }
    verdict.errors = findings.errors(verifier)
    verdict.damage = findings.damagedChunks.map { index in
      let range = seal.statement.range(ofChunk: index)
      return SealVerdict.Damage(
        range: range, tensors: verifier.tensors(in: range).map(\.name),
        includesHeader: range.lowerBound < shard.header.headerByteCount)
    }
    return verdict
  }

  /// Clause L12, where every file has a seal that could be read.
  private func checkSet(_ verdicts: inout [SealVerdict]) {
    let statements = verdicts.compactMap { $0.seal?.statement }
    guard statements.count == verdicts.count else { return }
    for fault in SealSet.faults(of: statements) { verdicts[fault.file].errors.append(fault.error) }
  }
}
