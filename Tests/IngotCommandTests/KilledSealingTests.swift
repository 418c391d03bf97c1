import Foundation
import IngotContainer
import IngotTestSupport
import Testing

/// Clause L14: sealing in place that is killed leaves the file unsealed, sealed, or with an unfinished seal that `unseal` takes
/// away; the body is as it was.
///
/// `INGOT_KILLS` gives the number of kills, where somebody has the time for more.
@Suite struct KilledSealingTests {
  /// What a kill left.
  private enum Outcome: String, CaseIterable {
    case unsealed, unfinished, sealed
  }

  private let fixture: CommandFixture
  private let body: [UInt8]
  private var path: String { fixture.folder.path("m.gguf").string }

  init() throws {
    fixture = try CommandFixture()
    let header = try ContainerHeader(metadata: [:], tensors: [("w", [256, 4096], .f32)])
    body = header.encoded() + (0..<4 << 20).map { UInt8(truncatingIfNeeded: $0 &* 7) }
  }

  /// How a process comes to its end.
  private enum Ending: CaseIterable {
    /// By SIGKILL, at any moment.
    case atAnyMoment
    /// By SIGKILL, soon after the first bytes of the seal stand there.
    case whileItWrites
  }

  /// Starts `ingot seal` on the body, unsealed.
  private func start() throws -> Process {
    try fixture.folder.write(body, to: "m.gguf")
    return try Command.start(
      ["seal", "m.gguf", "--quiet"], in: fixture.folder, output: nil, error: nil, isKilled: true)
  }

  /// Waits until the first bytes of a seal stand after the body, or the process has ended.
  private func waitForSeal(by process: Process) throws {
    let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
    defer { try? file.close() }
    var looks = 0
    while try file.seekToEnd() <= UInt64(body.count) {
      looks += 1
      if looks.isMultiple(of: 256), !process.isRunning { return }
    }
  }

  /// How long sealing takes without a kill.
  private func course() throws -> Duration {
    let start = ContinuousClock.now
    let process = try self.start()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    return .now - start
  }

  private func killed(
    _ ending: Ending, _ course: Duration, _ generator: inout SeededGenerator
  ) throws -> Outcome {
    let part = Double.random(in: 0...1, using: &generator)
    let process = try start()
    switch ending {
    case .atAnyMoment: usleep(UInt32(clamping: Int64(part * Double(course / .microseconds(1)))))
    case .whileItWrites:
      try waitForSeal(by: process)
      if part > 0.5 { usleep(UInt32(part * 1000)) }
    }
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()

    let bytes = try fixture.folder.bytes(of: "m.gguf")
    #expect(bytes.starts(with: body))
    let verdict = try fixture.run(line: "verify m.gguf --json")
    let report = try fixture.run(line: "unseal m.gguf --json").object()
    #expect(try fixture.folder.bytes(of: "m.gguf") == body)
    guard let file = (report["files"] as? [[String: Any]])?.first else {
      #expect(bytes.count == body.count, "\(report)")
      #expect(verdict.status == 1 && verdict.output.contains("SEAL_MISSING"))
      return .unsealed
    }
    if file["wasUnfinished"] as? Bool == true {
      #expect(verdict.status == 1 && verdict.output.contains("SEAL_UNFINISHED"), "\(verdict.output)")
      return .unfinished
    }
    #expect(verdict.status == 0, "\(verdict.output)")
    return .sealed
  }

  @Test func killAtAnyMomentLeavesTheBodyAndWhatUnsealMends() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    var generator = SeededGenerator(seed: seed)
    let rounds = ProcessInfo.processInfo.environment["INGOT_KILLS"].flatMap { Int($0) } ?? 30
    let course = try course()
    let endings = Ending.allCases
    var tallies: [Ending: [Outcome: Int]] = [:]
    for round in 0..<rounds {
      let ending = endings[round % endings.count]
      tallies[ending, default: [:]][try killed(ending, course, &generator), default: 0] += 1
    }
    func text(_ tally: [Outcome: Int]) -> String {
      Outcome.allCases.map { "\($0.rawValue) \(tally[$0, default: 0])" }.joined(separator: ", ")
    }
    for ending in endings { print("killed \(ending): \(text(tallies[ending] ?? [:]))") }
    let all = tallies.values.reduce(into: [:]) { $0.merge($1) { $0 + $1 } }
    print("killed \(rounds) times, seed \(seed): \(text(all)); sealing takes \(course)")
    // A few kills on a busy machine may all come too early or too late; many do not.
    if rounds >= 200 { #expect(all.count == Outcome.allCases.count, "\(text(all))") }
  }
}
