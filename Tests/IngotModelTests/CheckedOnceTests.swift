import Dispatch
import Synchronization
import Testing

@testable import IngotModel

/// Checks that run once, whichever thread comes first.
struct CheckedOnceTests {
  private struct Failure: Error {}

  @Test func manyThreadsCheckEachThingOnce() {
    let count = 200
    let once = CheckedOnce(count: count)
    let runs = Mutex([Int](repeating: 0, count: count))
    let early = Mutex(0)
    DispatchQueue.concurrentPerform(iterations: 32) { thread in
      for step in 0..<count {
        let index = (step * 7 + thread * 13) % count
        once.check(index) {
          // Others arrive while it runs.
          for _ in 0..<100 { _ = runs.withLock { $0[index] } }
          runs.withLock { $0[index] += 1 }
        }
        // Whoever comes back finds it done.
        if runs.withLock({ $0[index] }) != 1 { early.withLock { $0 += 1 } }
      }
    }
    #expect(runs.withLock { $0 } == [Int](repeating: 1, count: count))
    #expect(early.withLock { $0 } == 0)
  }

  @Test func whatFailsIsCheckedAgain() throws {
    let once = CheckedOnce(count: 1)
    var runs = 0
    for _ in 0..<3 {
      #expect(throws: Failure.self) {
        try once.check(0) {
          runs += 1
          throw Failure()
        }
      }
    }
    once.check(0) { runs += 1 }
    try once.check(0) { throw Failure() }
    #expect(runs == 4)
  }
}
