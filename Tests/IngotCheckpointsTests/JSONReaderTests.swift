import IngotTestSupport
import Testing

@testable import IngotCheckpoints

@Suite struct JSONReaderTests {
  @Test func everyKindOfTokenIsRead() throws {
    let text = #" {"a" : [1, -0.5e+10, "x", true,false ,null, {}, []]} "# + "\t\r\n"
    #expect(
      try parse(text) == [
        "{", "name a", "[", "number 1", "number -0.5e+10", "string x", "true", "false", "null", "{", "}", "[",
        "]", "]", "}",
      ])
  }

  @Test func aScalarAloneIsAText() throws {
    #expect(try parse("0") == ["number 0"])
    #expect(try parse(#""""#) == ["string "])
  }

  @Test(arguments: [
    (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"),
    (#""\u0041\u00e9\uD83D\uDE00\u0000""#, "A\u{E9}\u{1F600}\0"),
    (
      "\"\u{7F}\u{80}\u{7FF}\u{800}\u{FFFF}\u{10000}\u{10FFFF}\"",
      "\u{7F}\u{80}\u{7FF}\u{800}\u{FFFF}\u{10000}\u{10FFFF}"
    ),
  ])
  func stringsAreUnescaped(text: String, value: String) throws {
    var reader = JSONReader(text)
    try reader.expect(.string, "a string")
    #expect(Array(reader.textString.utf8) == Array(value.utf8))
    #expect(try reader.next() == .end)
  }

  @Test(arguments: [
    ("", 0), ("  ", 2), ("\u{FEFF}1", 0), ("NaN", 0), ("Infinity", 0), ("-Infinity", 1), ("+1", 0),
    ("'a'", 0),
    ("01", 1), ("-01", 2), ("1.", 2), (".5", 0), ("1e", 2), ("1e+", 3), ("-", 1), ("1 2", 2), ("0x10", 1),
    ("[1,]", 3), ("[,1]", 1), ("[1 2]", 3), ("[1", 2), ("[1}", 2), ("]", 0), ("{}}", 2), ("[]//", 2),
    (#"{"a":1,}"#, 7), (#"{"a" 1}"#, 5), (#"{"a":}"#, 5), (#"{1:1}"#, 1), (#"{"a":1 "b":2}"#, 7),
    (#"{"a":1]"#, 6),
    (#"{"a"}"#, 4), (#"{,}"#, 1), (#"{"a":1"#, 6), ("tru", 3), ("trux", 3), ("nulL", 3), ("[true1]", 5),
    (#""abc"#, 4), ("\"a\tb\"", 2), ("\"a\nb\"", 2), ("\"\0\"", 1), (#""\x""#, 2), (#""\u12g4""#, 5),
    (#""\u12""#, 5),
    (#""\ud800""#, 1), (#""\udc00""#, 1), (#""\ud800\n""#, 1), (#""\ud800\ud800""#, 1), (#""\"#, 2),
  ])
  func whatIsNotJSONIsRefusedAtItsByte(text: String, offset: UInt64) {
    let error = #expect(throws: JSONError.self) { try parse(text) }
    #expect(error?.code == .syntax)
    #expect(error?.offset == offset)
  }

  @Test(
    arguments: [
      [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xC3], [0xC3, 0x41], [0xE0, 0x9F, 0xBF], [0xED, 0xA0, 0x80],
      [0xE2, 0x82],
      [0xF0, 0x8F, 0xBF, 0xBF], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xF0, 0x9F, 0x98, 0x22],
      [0xFF],
    ] as [[UInt8]])
  func aStringThatIsNotUTF8IsRefusedAtItsLeadByte(bytes: [UInt8]) {
    for capacity in [1, 3, 64] {
      let text = Array("[\"ab".utf8) + bytes + Array("\"]".utf8)
      let error = #expect(throws: JSONError.self) { try parse(text, capacity: capacity) }
      #expect(error?.code == .utf8)
      #expect(error?.offset == 4)
    }
  }

  @Test func nestingBeyondTheLimitIsRefusedAtTheBracket() throws {
    #expect(try parse("[[{\"a\":[]}]]", depth: 4).count == 9)
    for text in [String(repeating: "[", count: 100_000), "[[[[[", "[[[[{"] {
      let error = #expect(throws: JSONError.self) { try parse(text, depth: 4) }
      #expect(error?.code == .nesting)
      #expect(error?.offset == 4)
    }
  }

  @Test func theDeepestLimitKeepsTrackOfEachBracket() throws {
    let pattern = (0..<64).map { $0 % 3 == 0 ? "{\"k\":" : "[" }.joined()
    let closing = (0..<64).reversed().map { $0 % 3 == 0 ? "}" : "]" }.joined()
    #expect(try parse(pattern + "1" + closing, depth: 64).count == 128 + 22 + 1)
    let error = #expect(throws: JSONError.self) {
      try parse(pattern + "1" + closing.dropLast() + "]", depth: 64)
    }
    #expect(error?.offset == UInt64(pattern.utf8.count + closing.utf8.count))
  }

  @Test(arguments: [
    #"["12345"]"#, "[12345]", #"["\u0031\u0032345"]"#, #"["123é"]"#, "[-1.34]", #"{"12345":1}"#,
  ])
  func textBeyondTheLimitIsRefusedWhereItBegins(text: String) throws {
    #expect(try !parse(text, textBytes: 5).isEmpty)
    let error = #expect(throws: JSONError.self) { try parse(text, textBytes: 4) }
    #expect(error?.code == .limit)
    #expect(error?.offset == 1)
  }

  @Test func memoryDoesNotGrowWithTheText() throws {
    let count = (1 << 20) + 1
    var largest = 0
    var reader = JSONReader(
      ByteWindow(0..<UInt64(count), capacity: 512) { offset, buffer in
        largest = max(largest, buffer.count)
        for index in buffer.indices {
          let position = Int(offset) + index
          buffer[index] = UInt8(
            ascii: position == 0 ? "[" : position == count - 1 ? "]" : position % 2 == 1 ? "1" : ",")
        }
      }, maximumDepth: 1, maximumTextBytes: 16)
    try reader.skipValue()
    #expect(try reader.next() == .end)
    #expect(largest == 512)
    #expect(reader.text.capacity < 64)
  }

  @Test func anErrorOfTheSourcePassesThrough() throws {
    struct Broken: Error {}
    var reader = JSONReader(
      ByteWindow(0..<10, capacity: 4) { offset, buffer in
        if offset >= 4 { throw Broken() }
        buffer.copyBytes(from: Array("[1,2".utf8))
      }, maximumDepth: 1, maximumTextBytes: 16)
    #expect(throws: Broken.self) { try reader.skipValue() }
    #expect(throws: Broken.self) { _ = try reader.next() }
  }

  @Test(arguments: ["2.0", "2e0", "-2", "-0", "18446744073709551616", "99999999999999999999999"])
  func onlyPlainDigitsThatFitAreAWholeNumber(text: String) throws {
    var reader = JSONReader(" " + text)
    #expect(try reader.next() == .number)
    #expect(reader.wholeNumber() as UInt64? == nil)
  }

  @Test func theLargestWholeNumberFits() throws {
    var reader = JSONReader("[0,18446744073709551615]")
    try reader.expect(.beginArray, "an array")
    #expect(try reader.next() == .number)
    #expect(reader.wholeNumber() == 0 as UInt64)
    #expect(try reader.next() == .number)
    #expect(reader.wholeNumber() == UInt64.max)
  }

  @Test func skippingAValueLeavesTheReaderBehindIt() throws {
    var reader = JSONReader(#"{"a":[{"b":[1,"]"]},2],"c":3}"#)
    try reader.expect(.beginObject, "an object")
    #expect(try reader.nextName())
    try reader.skipValue()
    #expect(try reader.nextName())
    #expect(reader.textString == "c")
    #expect(try reader.next() == .number)
    #expect(try !reader.nextName())
  }

  @Test func mutatedTextsGiveTheSameInWindowsOfAnySize() throws {
    let seed: UInt64 = 0x15_0B_0A
    print("seed \(seed)")
    var generator = SeededGenerator(seed: seed)
    let valid = Array(#"{"a":[1,-2.5e3,"x\u00e9\ud83d\ude00é",true,null,{"b":{}}],"c":"d"}"#.utf8)
    var refused = 0
    for _ in 0..<5_000 {
      var text = valid
      for _ in 0...Int.random(in: 0...2, using: &generator) {
        let index = Int.random(in: text.indices, using: &generator)
        switch Int.random(in: 0..<3, using: &generator) {
        case 0: text[index] = UInt8.random(in: 0...255, using: &generator)
        case 1: text.remove(at: index)
        default: text.insert(valid.randomElement(using: &generator) ?? 0, at: index)
        }
      }
      let whole = try outcome(text, capacity: 1 << 16)
      let pieces = try outcome(text, capacity: 3)
      #expect(whole == pieces)
      if case .failure = whole { refused += 1 }
    }
    #expect(refused > 1_000 && refused < 5_000)
  }
}

extension JSONReader {
  fileprivate init(_ text: String) {
    self.init(ByteWindow(Array(text.utf8), capacity: 4), maximumDepth: 8, maximumTextBytes: 64)
  }
}

private func parse(
  _ text: String, depth: Int = 8, textBytes: Int = 64
) throws -> [String] {
  try parse(Array(text.utf8), capacity: 5, depth: depth, textBytes: textBytes)
}

/// The tokens of a text, one readable word or two each.
private func parse(
  _ text: [UInt8], capacity: Int, depth: Int = 8, textBytes: Int = 64
) throws -> [String] {
  var reader = JSONReader(
    ByteWindow(text, capacity: capacity), maximumDepth: depth, maximumTextBytes: textBytes)
  var tokens: [String] = []
  while true {
    switch try reader.next() {
    case .beginObject: tokens.append("{")
    case .endObject: tokens.append("}")
    case .beginArray: tokens.append("[")
    case .endArray: tokens.append("]")
    case .name: tokens.append("name \(reader.textString)")
    case .string: tokens.append("string \(reader.textString)")
    case .number: tokens.append("number \(reader.textString)")
    case .boolean(let value): tokens.append("\(value)")
    case .null: tokens.append("null")
    case .end: return tokens
    }
  }
}

/// What ``parse(_:capacity:depth:textBytes:)`` gives or throws, as a value.
private func outcome(_ text: [UInt8], capacity: Int) throws -> Result<[String], JSONError> {
  do {
    return .success(try parse(text, capacity: capacity))
  } catch let error as JSONError {
    return .failure(error)
  }
}
