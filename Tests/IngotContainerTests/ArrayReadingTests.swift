import Testing

@testable import IngotContainer

/// Clause C12: arrays.
@Suite struct ArrayReadingTests {
  private let start = HostileFile(keys: 1).key("a", .array)
  /// Where the element type stands.
  private let head: UInt64 = 24 + 13

  @Test(arguments: [(1 << 26) + 1, 1 << 63, .max] as [UInt64])
  func countOverTheLimitIsRefused(count: UInt64) {
    for type in MetadataType.allCases {
      expectRefusal(start.arrayHead(type, count: count), .limit, at: head + 4, .key("a"))
    }
  }

  @Test func unknownElementTypeIsRefused() {
    expectRefusal(start.number(UInt32(13)).number(UInt64(0)), .type, at: head)
  }

  @Test(arguments: MetadataType.allCases)
  func countIsComparedWithWhatRemains(type: MetadataType) {
    let file = start.arrayHead(type, count: 3).zeros(3 * type.smallestByteCount - 1)
    expectRefusal(file, .truncated, at: head + 4)
  }

  @Test func booleanOfTwoIsRefusedAtThatByte() {
    expectRefusal(start.arrayHead(.bool, count: 3).raw([1, 0, 2]), .value, at: head + 12 + 2)
    let nested = start.arrayHead(.array, count: 1).arrayHead(.bool, count: 3).raw([1, 2, 0])
    expectRefusal(nested, .value, at: head + 24 + 1)
  }

  @Test func stringsAreCheckedAsTheyAreWalked() {
    let words = start.arrayHead(.string, count: 3).text("é").text("")
    expectRefusal(words.text(bytes: [0x61, 0xED, 0xA0, 0x80]), .utf8, at: words.end + 8 + 1)
    expectRefusal(words.number(UInt64(16 << 20) + 1), .limit, at: words.end)
    expectRefusal(words.number(UInt64(2)).zeros(1), .truncated, at: words.end)
    let short = start.arrayHead(.string, count: 3).text("é").text("12345678")
    expectRefusal(short.zeros(7), .truncated, at: short.end)
  }

  @Test func arraysNestToTheLimitAndNoFurther() throws {
    func nested(_ levels: Int, _ last: MetadataType = .uint8) -> HostileFile {
      let outer = HostileFile(raw: []).arrayHead(.array, count: 1).bytes
      return start.raw(repeatElement(outer, count: levels - 1).flatMap { $0 }).arrayHead(last, count: 0)
    }
    for levels in 1...4 {
      guard case .array(let array) = try nested(levels).header().metadata["a"] else {
        Issue.record("no array")
        continue
      }
      #expect(array.depth == levels)
    }
    expectRefusal(nested(5), .nesting, at: head + 3 * 12)
    expectRefusal(nested(4, .array), .nesting, at: head + 3 * 12)
    expectRefusal(nested(100_000), .nesting, at: head + 3 * 12)
    var limits = ParseLimits()
    limits.arrayNesting = .max
    #expect(throws: Never.self) { try nested(64).header(limits: limits) }
    expectRefusal(nested(100_000), .nesting, at: head + 63 * 12, limits: limits)
    limits.arrayNesting = 1
    expectRefusal(nested(2), .nesting, at: head, limits: limits)
  }

  @Test func innerArraysAreCheckedLikeOuterOnes() {
    let outer = start.arrayHead(.array, count: 2).arrayHead(.uint16, count: 1).number(UInt16(7))
    expectRefusal(outer.number(UInt32(99)).number(UInt64(0)), .type, at: outer.end)
    expectRefusal(outer.arrayHead(.uint16, count: 1 << 63), .limit, at: outer.end + 4)
    expectRefusal(outer.arrayHead(.uint16, count: 1).zeros(1), .truncated, at: outer.end + 4)
    expectRefusal(outer.zeros(11), .truncated, at: outer.end)
  }

  @Test func arraysLongerThanTheWindowAreReadTheSame() throws {
    let window = ByteCursor.windowByteCounts.upperBound
    let long = String(repeating: "é", count: window)
    let words = (0..<5000).map { "word \($0) ☃" } + [long, "after"]
    let values = MetadataArray([
      MetadataArray((0..<UInt64(window)).map { $0 }), MetadataArray(words), MetadataArray([] as [Bool]),
      MetadataArray([MetadataArray(repeatElement(true, count: 3 * window))]),
    ])
    let file = HostileFile(keys: 3).entry("words", .array(MetadataArray(words)))
      .entry("bits", .array(MetadataArray((0..<3 * window).map { $0 % 3 == 0 }))).entry(
        "nested", .array(values))
    let metadata = try file.header().metadata
    #expect(try metadata.strings("words")?.elementsEqual(words) == true)
    #expect(metadata["nested"] == .array(values))
    #expect(try metadata.array("nested")?.arrays?[1].strings?[5000] == long)
  }

  @Test func readErrorsPassThrough() {
    struct Broken: Error, Equatable { let call: Int }
    let file = HostileFile(keys: 2).entry(
      "a", .array(MetadataArray(repeatElement(1 as UInt64, count: 20_000)))
    )
    .entry("b", .array(MetadataArray(repeatElement("word", count: 20_000))))
    var calls = 0
    while true {
      let failing = calls
      calls = 0
      do {
        _ = try ContainerHeader(byteCount: UInt64(file.bytes.count)) { offset, buffer in
          #expect(Int(offset) + buffer.count <= file.bytes.count)
          if calls == failing { throw Broken(call: calls) }
          buffer.copyBytes(from: file.bytes[Int(offset)..<Int(offset) + buffer.count])
          calls += 1
        }
        break
      } catch {
        #expect(error as? Broken == Broken(call: failing))
      }
      calls = failing + 1
    }
    #expect(calls > 5)
  }
}
