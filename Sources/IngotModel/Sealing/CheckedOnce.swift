import Synchronization

/// Things of which each is checked once, whichever thread comes first: one bit each.
///
/// Asking for one that has been checked costs an atomic load. Threads that come to a new one at the same moment wait for the
/// first of them; those that come to different ones rarely wait for each other.
final class CheckedOnce: Sendable {
  // Safe to share: the words are atomic, and the pointer stays valid until deinit.
  nonisolated(unsafe) private let words: UnsafeMutablePointer<Atomic<UInt64>>
  private let wordCount: Int
  /// Who checks one holds the lock of its number.
  private let locks = (0..<16).map { _ in Lock() }

  private final class Lock: Sendable { let mutex = Mutex(()) }

  /// None of `count` things has been checked.
  init(count: Int) {
    wordCount = count / 64 + 1
    words = .allocate(capacity: wordCount)
    for index in 0..<wordCount { (words + index).initialize(to: Atomic(0)) }
  }

  deinit {
    words.deinitialize(count: wordCount)
    words.deallocate()
  }

  /// Runs `check` unless it has run for `index` and thrown nothing; one that throws is run again by whoever asks next.
  ///
  /// - Precondition: `check` asks for nothing here.
  func check<Failure: Error>(_ index: Int, _ check: () throws(Failure) -> Void) throws(Failure) {
    if isChecked(index) { return }
    try locks[index % locks.count].mutex.withLock { _ throws(Failure) in
      if isChecked(index) { return }
      try check()
      words[index / 64].bitwiseOr(1 << UInt64(index % 64), ordering: .releasing)
    }
  }

  private func isChecked(_ index: Int) -> Bool {
    words[index / 64].load(ordering: .acquiring) & (1 << UInt64(index % 64)) != 0
  }
}
