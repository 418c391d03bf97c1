import Foundation
import IngotFiles
import Synchronization

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Turns Ctrl-C and a request to end into the cancellation of the work, which then cleans up after itself.
enum Interruption {
  /// What work that is interrupted leaves.
  enum Effect {
    /// It writes nothing in any case.
    case readsOnly
    /// It writes nothing but ``AtomicFile``s: they are removed and the process ends, if it does not end soon by itself. It may be
    /// in the middle of a long search, or wait for a disk.
    case writesWhole
    /// It is given the time to clean up.
    case writes
  }

  /// Where the signal handler, which may do next to nothing, leaves word: the end of a pipe.
  nonisolated(unsafe) private static var wakingEnd: Int32 = -1

  /// Whether the work has come to its end, so that nothing is to be ended any more.
  private static let isOver = Mutex(false)

  /// How long cancelled work may take to clean up after itself, in microseconds.
  private static let patience: UInt32 = 100_000

  /// Runs `work` in a task that SIGINT, SIGTERM and SIGHUP cancel.
  ///
  /// Those of them that the process was started to ignore stay ignored. A second signal ends the process, as the first does where
  /// the effect says so. Neither comes between the renames of a set. The handlers stand before the work begins, and a pipe keeps
  /// what it is given, so no signal is missed.
  ///
  /// - Parameters:
  ///   - effect: What the work leaves when it is interrupted.
  ///   - asJSON: Whether an end at once is told as JSON too.
  static func cancelling<Value: Sendable>(
    _ effect: Effect, asJSON: Bool = false, _ work: sending @escaping () async throws -> Value
  ) async throws -> Value {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { return try await work() }
    wakingEnd = ends[1]
    isOver.withLock { $0 = false }
    let kept = [SIGINT, SIGTERM, SIGHUP].compactMap { number -> SignalAction? in
      let action = SignalAction(of: number)
      guard !action.isIgnored else { return nil }
      signal(number) { number in
        let error = errno
        var byte = UInt8(truncatingIfNeeded: number)
        _ = write(Interruption.wakingEnd, &byte, 1)
        errno = error
      }
      return action
    }
    let task = Task(operation: work)
    let reader = ends[0]
    // A thread of its own: queues run nothing while all cores work.
    Thread.detachNewThread {
      defer { close(reader) }
      guard next(reader) != nil else { return }
      task.cancel()
      if case .writesWhole = effect {
        usleep(patience)
        endAsInterrupted(asJSON: asJSON)
      }
      while let number = next(reader) { end(by: number) }
    }
    defer {
      isOver.withLock { $0 = true }
      for action in kept { action.restore() }
      wakingEnd = -1
      close(ends[1])
    }
    do {
      return try await task.value
    } catch is CancellationError {
      if case .readsOnly = effect { throw Failure(.interrupted, "INTERRUPTED", "interrupted") }
      throw CancellationError()
    }
  }

  /// The number of the next signal, or nil when the work is over.
  private static func next(_ reader: Int32) -> Int32? {
    var byte: UInt8 = 0
    var count = -1
    repeat { count = read(reader, &byte, 1) } while count == -1 && errno == EINTR
    return count == 1 ? Int32(byte) : nil
  }

  /// Ends the process with nothing written, unless the work is done meanwhile: its output stands complete then.
  private static func endAsInterrupted(asJSON: Bool) {
    isOver.withLock { isOver in
      guard !isOver, AtomicFile.discardAll() else { return }
      let failure = Failure(CancellationError())
      failure.report(asJSON: asJSON)
      _exit(failure.status.rawValue)
    }
  }

  /// Ends the process by a signal, as it would have ended without a handler, but for outputs that are not put in place by halves.
  private static func end(by number: Int32) {
    isOver.withLock { isOver in
      guard !isOver, AtomicFile.discardAll() else { return }
      signal(number, SIG_DFL)
      kill(getpid(), number)
    }
  }
}

/// What a process does when a signal comes.
private struct SignalAction {
  private let number: Int32
  private var action = sigaction()

  init(of number: Int32) {
    self.number = number
    sigaction(number, nil, &action)
  }

  /// Whether it is ignored, as `nohup` and shells have it.
  var isIgnored: Bool {
    #if canImport(Darwin)
      let handler = action.__sigaction_u.__sa_handler
    #elseif canImport(Musl)
      let handler = action.__sa_handler.sa_handler
    #else
      let handler = action.__sigaction_handler.sa_handler
    #endif
    return unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
  }

  /// Lets the process do that again.
  func restore() {
    var action = action
    sigaction(number, &action, nil)
  }
}
