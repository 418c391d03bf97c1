import IngotContainer
import IngotSeal
import Synchronization

/// The chunks of a file that have been held to its seal, one bit each.
///
/// Once all chunks of a stretch are known, asking costs an atomic load for each 64 of them. Threads that come to a new chunk
/// at the same moment may each check it; none waits for another.
final class VerifiedChunks: Sendable {
  let verifier: SealVerifier
  // Safe to share: the words are atomic, and the pointer stays valid until deinit.
  nonisolated(unsafe) private let words: UnsafeMutablePointer<Atomic<UInt64>>
  private let wordCount: Int

  init(_ verifier: SealVerifier) {
    self.verifier = verifier
    wordCount = verifier.seal.statement.chunkCount / 64 + 1
    words = .allocate(capacity: wordCount)
    for index in 0..<wordCount { (words + index).initialize(to: Atomic(0)) }
  }

  deinit {
    words.deinitialize(count: wordCount)
    words.deallocate()
  }

  /// Whether a chunk has been checked.
  func isKnown(_ chunk: Int) -> Bool {
    words[chunk / 64].load(ordering: .acquiring) & (1 << UInt64(chunk % 64)) != 0
  }

  /// Notes that a chunk is what was sealed.
  func know(_ chunk: Int) {
    words[chunk / 64].bitwiseOr(1 << UInt64(chunk % 64), ordering: .releasing)
  }
}
