import IngotTestSupport
import Synchronization
import Testing

@testable import IngotConversion

@Suite struct OrderedWorkTests {
  private struct Failed: Error, Equatable { let unit: Int }

  @Test(arguments: [1, 2, 3, 8]) func unitsFinishInTheirOrder(threads: Int) async throws {
    var order: [Int] = []
    try await OrderedWork.run(
      0..<200, threads: threads,
      work: { unit, _ in
        for _ in 0..<(unit % 7 * 1000) { _ = unit.hashValue }
        return unit * 2
      },
      finish: { unit, value, _ in
        #expect(value == unit * 2)
        order.append(unit)
      })
    #expect(order == Array(0..<200))
  }

  @Test func theFirstErrorInTheOrderIsReported() async throws {
    await #expect(throws: Failed(unit: 20)) {
      try await OrderedWork.run(
        0..<200, threads: 4,
        work: { unit, _ in if unit >= 20 { throw Failed(unit: unit) } },
        finish: { unit, _, _ in #expect(unit < 20) })
    }
  }

  @Test func neverMoreUnitsAreUnderWayThanAsked() async throws {
    let counts = Mutex((now: 0, most: 0))
    try await OrderedWork.run(
      0..<100, threads: 2,
      work: { _, _ in
        counts.withLock {
          $0.now += 1; $0.most = max($0.most, $0.now)
        }
        defer { counts.withLock { $0.now -= 1 } }
        for index in 0..<10_000 { _ = index.hashValue }
      },
      finish: { _, _, _ in })
    #expect(counts.withLock { $0.most } <= 2)
  }

  @Test func anErrorWhileFinishingEndsTheRun() async throws {
    await #expect(throws: Failed(unit: 3)) {
      try await OrderedWork.run(
        0..<50, threads: 2, work: { unit, _ in unit },
        finish: { unit, _, _ in if unit == 3 { throw Failed(unit: unit) } })
    }
  }
}
