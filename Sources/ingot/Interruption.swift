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
  /// Where the signal handler, which may do next to nothing, leaves word: the end of a pipe.
  nonisolated(unsafe) private static var wakingEnd: Int32 = -1

  /// Whether the work has come to its end, so that nothing is to be ended any more.
  private static let isOver = Mutex(false)

  private static func end(asJSON: Bool) {
    isOver.withLock { isOver in
      guard !isOver else { return }
      AtomicFile.discardAll()
      let failure = Failure(CancellationError())
      failure.report(asJSON: asJSON)
      _exit(failure.status.rawValue)
    }
  }

  /// How long cancelled work may take to clean up after itself, in microseconds.
  private static let patience: UInt32 = 100_000

  /// Whether a first signal ends the process soon in any case, so that a second one need not.
  nonisolated(unsafe) private static var isEndSure = false

  /// Runs `work` in a task that SIGINT, SIGTERM and SIGHUP cancel; a second signal ends the process at once, unless the first
  /// does.
  ///
  /// - Parameter atOnce: Whether work that does not end soon is left as it is, for one that writes nothing but ``AtomicFile``s:
  ///   they are removed, and the process ends. It may be in the middle of a long search, or wait for a disk.
  /// - Parameter asJSON: Whether that end is told as JSON too.
  ///
  /// The handlers stand before the work begins, and a pipe keeps what it is given, so no signal is missed.
  static func cancelling<Value: Sendable>(
    atOnce: Bool = false, asJSON: Bool = false, _ work: sending @escaping () async throws -> Value
  ) async throws -> Value {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { return try await work() }
    wakingEnd = ends[1]
    isEndSure = atOnce
    isOver.withLock { $0 = false }
    let numbers = [SIGINT, SIGTERM, SIGHUP]
    for number in numbers {
      signal(number) { number in
        if !Interruption.isEndSure { signal(number, SIG_DFL) }
        var byte: UInt8 = 1
        _ = write(Interruption.wakingEnd, &byte, 1)
      }
    }
    let task = Task(operation: work)
    let reader = ends[0]
    // A thread of its own: queues run nothing while all cores work.
    Thread.detachNewThread {
      var byte: UInt8 = 0
      var count = -1
      repeat { count = read(reader, &byte, 1) } while count == -1 && errno == EINTR
      close(reader)
      guard count == 1 else { return }
      task.cancel()
      guard atOnce else { return }
      usleep(patience)
      end(asJSON: asJSON)
    }
    defer {
      isOver.withLock { $0 = true }
      for number in numbers { signal(number, SIG_DFL) }
      wakingEnd = -1
      close(ends[1])
    }
    return try await task.value
  }
}
