import Dispatch

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Turns Ctrl-C and a request to end into the cancellation of the work, which then cleans up after itself.
enum Interruption {
  /// Runs `work` in a task that SIGINT and SIGTERM cancel; a second signal ends the process at once.
  static func cancelling<Value: Sendable>(
    _ work: sending @escaping () async throws -> Value
  ) async throws -> Value {
    let task = Task(operation: work)
    let sources = [SIGINT, SIGTERM].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        task.cancel()
        signal(number, SIG_DFL)
      }
      source.resume()
      return source
    }
    defer { for source in sources { source.cancel() } }
    return try await task.value
  }
}
