import Testing

@testable import IngotCheckpoints

/// What a pickle leaves behind as it runs: `spec/pytorch.md`, clause P3.
struct PickleMemoryTests {
  /// A program of protocol 2, each character a byte.
  private func program(_ instructions: String) -> [UInt8] {
    [0x80, 2] + instructions.unicodeScalars.map { UInt8($0.value) }
  }

  private func run(
    _ instructions: String, limits: CheckpointLimits = .default
  ) throws -> (arena: PickleArena, root: PickleValue) {
    var machine = PickleMachine(PickleBytes(program(instructions)), limits: limits)
    let root = try machine.run()
    return (machine.arena, root)
  }

  /// The numbers of a value, in their order.
  private func numbers(_ value: PickleValue, _ arena: PickleArena) -> [Int64] {
    if case .integer(let number) = value { return [number] }
    return arena.node(value)?.items.flatMap { numbers($0, arena) } ?? []
  }

  /// Makes ((7,),) and drops it, 20,000 times; the inner tuple is put in the memo each time.
  private static let passing = String(repeating: "K\u{7}\u{85}q\u{9}\u{85}0", count: 20_000)

  @Test func containersThatAreReachedOutliveSweeps() throws {
    // ((1,), [2], {3: (4,)}), of which all is on the stack while others come and go.
    let (arena, root) = try run("(K\u{1}\u{85}]K\u{2}a}K\u{3}K\u{4}\u{85}s\(Self.passing)t.")
    #expect(numbers(root, arena) == [1, 2, 3, 4])
    #expect(arena.nodeCount < 20_000)
  }

  @Test func whatTheMemoRecallsOutlivesSweeps() throws {
    // (5, 6) is put under 3, and under 4 a list that holds itself; neither is on the stack until it is recalled.
    let (arena, root) = try run("K\u{5}K\u{6}\u{86}q\u{3}0]q\u{4}h\u{4}a0\(Self.passing)]h\u{3}ah\u{4}a.")
    let items = try #require(arena.node(root)).items
    #expect(numbers(items[0], arena) == [5, 6])
    #expect(arena.node(items[1])?.items == [items[1]])
    #expect(arena.nodeCount < 20_000)
  }

  @Test(arguments: [299, 300])
  func entriesOfTheMemoAreCountedThoughTheyAreNotKept(_ limit: Int) throws {
    // Numbers from 299 down, and two of them again: 300 in all. The last new one is that of 0.
    let puts = (Array((0...299).reversed()) + [4, 299]).map { number in
      [0x72, number & 0xFF, number >> 8, 0, 0].map { String(Unicode.Scalar(UInt8($0))) }.joined()
    }
    var limits = CheckpointLimits()
    limits.pickleMemoCount = limit
    let instructions = "N\(puts.joined())0h\u{4}."
    if limit == 300 {
      #expect(try run(instructions, limits: limits).root == .none)
    } else {
      let error = #expect(throws: PickleError.self) { try run(instructions, limits: limits) }
      #expect(error?.code == .limit && error?.offset == 3 + 5 * 299)
    }
  }

  @Test func memoizeCountsAllThatWasPut() throws {
    // 1 and 2 are put under 0 and 1, and 3 under the number of entries; the last two are recalled.
    let (arena, root) = try run("(K\u{1}q\u{0}K\u{2}q\u{1}K\u{3}\u{94}h\u{2}h\u{1}t.")
    #expect(numbers(root, arena) == [1, 2, 3, 3, 2])
  }

  @Test func whatWasNeverPutIsRefusedWhereItIsRecalled() throws {
    let error = #expect(throws: PickleError.self) { try run("Nq\u{1}0h\u{2}.") }
    #expect(error?.code == .pickle && error?.offset == 6)
  }

  @Test func textsAreReadAgainFromWhereTheyStand() throws {
    // The first text is far behind when the last is recalled, and longer than a window.
    let long = String(repeating: "x", count: 10_000)
    let passing = String(repeating: "X\u{3}\u{0}\u{0}\u{0}abc0", count: 20_000)
    let (arena, root) = try run("(X\u{10}\u{27}\u{0}\u{0}\(long)\(passing)X\u{2}\u{0}\u{0}\u{0}yzt.")
    let texts = PickleTexts(arena.source)
    let strings = try #require(arena.node(root)).items.map { item in
      guard case .text(let text) = item else { return "" }
      return try texts.string(text)
    }
    #expect(strings == [long, "yz"])
  }
}
