/// Runs units of work on several cores and finishes them one by one in their order.
enum OrderedWork {
  /// Carries out `work` for each unit, several at once, and `finish` in the order of the units.
  ///
  /// A unit whose work throws ends the run when its turn comes, so the error that is reported is the first in the
  /// order of the units, whichever thread was faster.
  ///
  /// - Parameters:
  ///   - units: the units; a lazy sequence is drawn from as buffers become free.
  ///   - threads: how many units are under way at once.
  ///   - buffers: how many sets of buffers there are; without a number two more than `threads`.
  ///   - work: called on any thread with buffers that no other call uses.
  ///   - finish: called on the task that runs this, with what `work` returned and the buffers that it filled.
  static func run<Unit: Sendable, Value: Sendable>(
    _ units: some Sequence<Unit>, threads: Int, buffers: Int? = nil,
    work: @escaping @Sendable (Unit, WorkBuffers) throws -> Value,
    finish: (Unit, Value, WorkBuffers) throws -> Void
  ) async throws {
    typealias Outcome = (index: Int, unit: Unit, buffers: WorkBuffers, result: Result<Value, any Error>)
    try await withThrowingTaskGroup(of: Outcome.self) { group in
      var pending = units.makeIterator()
      // Two more than can run: one is being written, one waits for its turn.
      var free = (0..<(buffers ?? threads + 2)).map { _ in WorkBuffers() }
      var waiting: [Int: Outcome] = [:]
      var started = 0
      var finished = 0
      var underWay = 0
      while true {
        try Task.checkCancellation()
        // Before what is done is written: no thread is to wait for that.
        while underWay < threads, let buffers = free.last, let unit = pending.next() {
          free.removeLast()
          let index = started
          group.addTask { (index, unit, buffers, Result { try work(unit, buffers) }) }
          started += 1
          underWay += 1
        }
        if let next = waiting.removeValue(forKey: finished) {
          try finish(next.unit, next.result.get(), next.buffers)
          free.append(next.buffers)
          finished += 1
          continue
        }
        guard underWay > 0, let outcome = try await group.next() else { return }
        underWay -= 1
        waiting[outcome.index] = outcome
      }
    }
  }
}
