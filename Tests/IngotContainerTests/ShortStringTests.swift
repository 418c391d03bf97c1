import IngotTestSupport
import Testing

@testable import IngotContainer

/// Clause C11 of strings that are passed many at a time: what they are told to be does not depend on their neighbours.
@Suite struct ShortStringTests {
  private func file(_ strings: [[UInt8]]) -> HostileFile {
    strings.reduce(HostileFile(keys: 1).key("a", .array).arrayHead(.string, count: UInt64(strings.count))) {
      $0.text(bytes: $1)
    }
  }

  /// The place of the first byte that is not UTF-8, found string by string.
  private func firstFault(_ strings: [[UInt8]]) -> UInt64? {
    var place = file([]).end
    for string in strings {
      place += 8
      if let fault = string.withUnsafeBytes({ $0.firstInvalidUTF8 }) { return place + UInt64(fault) }
      place += UInt64(string.count)
    }
    return nil
  }

  private func expectSameVerdict(_ strings: [[UInt8]]) throws {
    let file = file(strings)
    if let place = firstFault(strings) {
      expectRefusal(file, .utf8, at: place)
    } else {
      let read = try file.header().metadata.strings("a")
      #expect(read.map { $0.map { Array($0.utf8) } } == strings)
    }
  }

  @Test(
    arguments: [
      [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xC3], [0xE0, 0x9F, 0xBF], [0xE2, 0x98], [0xED, 0xA0, 0x80],
      [0xF0, 0x8F, 0xBF, 0xBF], [0xF0, 0x9F, 0x98], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80],
      [0xFF],
      [0xE2, 0x98, 0x83, 0x98], [0xC3, 0xA9], [0xE2, 0x98, 0x83], [0xF0, 0x9F, 0x98, 0x80],
      [0xF4, 0x8F, 0xBF, 0xBF], [0xEE, 0x80, 0x80], [0xED, 0x9F, 0xBF], [0xE0, 0xA0, 0x80],
    ] as [[UInt8]])
  func sequenceIsJudgedWhereverItStands(_ sequence: [UInt8]) throws {
    for before in 0..<34 {
      let text = [UInt8](repeating: 0x61, count: before)
      for strings in [
        [text + sequence], [text, sequence, text], [text + sequence + text, [], []],
        [[], [], text + sequence], [[UInt8](repeating: 0x61, count: 127), text + sequence, [0x62]],
      ] {
        try expectSameVerdict(strings)
      }
    }
  }

  @Test func sequenceThatTheNextLengthWouldContinueIsFound() throws {
    // A length of 128 to 191 begins with a byte that looks like a continuation.
    for length in [0, 1, 127, 128, 152, 191, 192] {
      for lead in [[0xC3], [0xE2, 0x98], [0xF0, 0x9F, 0x98]] as [[UInt8]] {
        try expectSameVerdict([[0x61, 0x62], lead, [UInt8](repeating: 0x61, count: length), [0x63]])
      }
    }
  }

  @Test func agreesWithEachStringAlone() throws {
    let seed: UInt64 = 3
    print("seed \(seed)")
    var generator = SeededGenerator(seed: seed)
    let pieces: [[UInt8]] = [
      [0x61], [0x7A, 0x20], [0xC3, 0xA9], [0xE2, 0x96, 0x81], [0xEA, 0xB0, 0x80], [0xF0, 0x9F, 0x98, 0x80],
    ]
    for round in 0..<400 {
      var strings: [[UInt8]] = (0..<Int.random(in: 1...200, using: &generator)).map { _ in
        let pieceCount = Int.random(in: 0...10, using: &generator) == 0 ? 80 : 6
        return (0..<Int.random(in: 0...pieceCount, using: &generator)).flatMap { _ in
          pieces[Int.random(in: pieces.indices, using: &generator)]
        }
      }
      if round.isMultiple(of: 2) {
        let index = Int.random(in: strings.indices, using: &generator)
        if !strings[index].isEmpty {
          let place = Int.random(in: strings[index].indices, using: &generator)
          strings[index][place] = UInt8.random(in: 0...255, using: &generator)
        }
      }
      try expectSameVerdict(strings)
    }
  }

  @Test func limitHoldsForShortStringsToo() {
    var limits = ParseLimits()
    limits.stringByteCount = 5
    let strings: [[UInt8]] = [[1, 2, 3, 4, 5], [1, 2, 3, 4, 5, 6], []]
    #expect(throws: Never.self) { try file([strings[0], []]).header(limits: limits) }
    expectRefusal(file(strings), .limit, at: file([strings[0]]).end, limits: limits)
  }
}
