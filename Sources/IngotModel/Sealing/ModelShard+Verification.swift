import Dispatch
import IngotContainer
import IngotFiles
import IngotSeal
import Synchronization

extension ModelShard {
  /// Reads the seal, checks it by the policy, and the header by the seal.
  ///
  /// - Returns: what is to be checked on access; `nil` for a file without a seal where none is asked for.
  func openSeal(_ check: SealCheck) throws(ModelError) -> VerifiedChunks? {
    guard check.needsSeal else { return nil }
    do {
      let seal = try seal(at: try sealPath)
      try check.policy.check(seal)
      let verifier = SealVerifier(seal, of: header)
      try verifier.checkHeader { try readBody(into: $1, at: $0) }
      return VerifiedChunks(verifier)
    } catch {
      throw self.error(error)
    }
  }

  /// Checks the chunks that hold bytes of `range`, those that have not been checked before.
  func verify(_ range: Range<UInt64>, _ chunks: VerifiedChunks) throws(ModelError) {
    let statement = chunks.verifier.seal.statement
    let range = range.clamped(to: 0..<statement.bodyByteCount)
    for index in statement.chunks(in: range) where !chunks.isKnown(index) {
      try verify(chunk: index, chunks)
    }
  }

  /// Checks all chunks, on all cores.
  func verifyAll(_ chunks: VerifiedChunks) throws(ModelError) {
    let failure = Mutex<(chunk: Int, error: ModelError)?>(nil)
    DispatchQueue.concurrentPerform(iterations: chunks.verifier.seal.statement.chunkCount) { index in
      // The first in the order of the file is told, whichever thread is faster.
      guard failure.withLock({ $0.map { index < $0.chunk } ?? true }) else { return }
      do throws(ModelError) {
        try verify(chunk: index, chunks)
      } catch {
        failure.withLock { if $0.map({ index < $0.chunk }) ?? true { $0 = (index, error) } }
      }
    }
    if let failure = failure.withLock({ $0 }) { throw failure.error }
  }

  private func verify(chunk index: Int, _ chunks: VerifiedChunks) throws(ModelError) {
    let verifier = chunks.verifier
    let digest = try digest(ofChunk: index, verifier.seal.statement)
    guard verifier.seal.matches(digest[...], chunk: index) else {
      throw ModelError(.seal(verifier.damage(chunk: index)), file.path)
    }
    chunks.know(index)
  }

  /// The digest of a chunk, from the mapping where there is one; nothing is copied then.
  private func digest(ofChunk index: Int, _ statement: SealStatement) throws(ModelError) -> [UInt8] {
    let range = statement.range(ofChunk: index)
    var state = ChunkDigest(statement.digest, index: index, byteCount: range.count)
    var position = range.lowerBound
    if let mapping {
      let present = range.clamped(to: 0..<mapping.byteCount)
      mapping.withBytes(in: present) { bytes in bytes.withUnsafeBytes { state.update($0) } }
      position = max(position, present.upperBound)
    }
    guard position < range.upperBound else { return state.finish() }
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 64)
    defer { buffer.deallocate() }
    while position < range.upperBound {
      let count = Int(min(UInt64(buffer.count), range.upperBound - position))
      let part = UnsafeMutableRawBufferPointer(rebasing: buffer[..<count])
      try readBody(into: part, at: position)
      state.update(UnsafeRawBufferPointer(part))
      position += UInt64(count)
    }
    return state.finish()
  }
}

/// How a file is held to its seal as it is opened.
struct SealCheck {
  var verification = ModelFile.Verification.never
  var policy = SealPolicy()
  /// Whether the caller knows the file to be sound.
  var isTrusted = false

  /// Whether the index of a seal may tell how far to skip: `spec/seal.md`, clause L10.
  var mayUseIndex: Bool { isTrusted || policy.effectiveMinimum == .signature }

  var needsSeal: Bool { verification != .never || !policy.allowsMissingSeal }
}
