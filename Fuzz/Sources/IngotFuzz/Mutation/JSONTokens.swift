/// A JSON text cut into tokens, without any judgement.
struct JSONTokens {
  var tokens: [[UInt8]] = []

  init(_ text: [UInt8]) {
    var position = 0
    while position < text.count {
      let start = position
      switch text[position] {
      case UInt8(ascii: "\""):
        position += 1
        while position < text.count, text[position] != UInt8(ascii: "\"") {
          position += text[position] == UInt8(ascii: "\\") ? 2 : 1
        }
        position = min(position + 1, text.count)
      case let byte where Self.isPunctuation(byte): position += 1
      default:
        while position < text.count, !Self.isPunctuation(text[position]), text[position] != UInt8(ascii: "\"")
        {
          position += 1
        }
      }
      tokens.append(Array(text[start..<position]))
    }
  }

  var text: [UInt8] { Array(tokens.joined()) }

  private enum Kind { case begin, end, colon, comma, text, number, other }

  /// What the token is, by its first byte.
  private func kind(_ index: Int) -> Kind {
    guard index >= 0, index < tokens.count, let first = tokens[index].first else { return .other }
    switch first {
    case UInt8(ascii: "{"), UInt8(ascii: "["): return .begin
    case UInt8(ascii: "}"), UInt8(ascii: "]"): return .end
    case UInt8(ascii: ":"): return .colon
    case UInt8(ascii: ","): return .comma
    case UInt8(ascii: "\""): return .text
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number
    default: return .other
    }
  }

  private static func isPunctuation(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "}"), UInt8(ascii: "]"), UInt8(ascii: ":"),
      UInt8(ascii: ","):
      true
    default: false
    }
  }

  /// The tokens that are texts.
  var texts: [Int] { tokens.indices.filter { kind($0) == .text } }
  /// The tokens that are numbers, or look like some.
  var numbers: [Int] { tokens.indices.filter { kind($0) == .number } }

  /// The members of all objects, from the name to the end of the value.
  var members: [Range<Int>] {
    texts.filter { kind($0 + 1) == .colon }.map { $0..<endOfValue(at: $0 + 2) }
  }

  /// The values of all members and elements.
  var values: [Range<Int>] {
    tokens.indices.filter { index in
      let before = kind(index - 1)
      guard before == .colon || before == .comma || before == .begin, kind(index + 1) != .colon else {
        return false
      }
      return ![.end, .comma, .colon].contains(kind(index))
    }.map { $0..<endOfValue(at: $0) }
  }

  private func endOfValue(at start: Int) -> Int {
    var depth = 0
    var index = start
    while index < tokens.count {
      switch kind(index) {
      case .begin: depth += 1
      case .end: depth -= 1
      default: break
      }
      if depth < 0 { return index }
      index += 1
      if depth == 0 { return index }
    }
    return index
  }

  /// The text inside the quotes of a member's name.
  func name(of member: Range<Int>) -> [UInt8] { Array(tokens[member.lowerBound].dropFirst().dropLast()) }

  /// Takes a member out, with a comma.
  mutating func remove(_ member: Range<Int>) {
    var range = member
    if kind(range.upperBound) == .comma {
      range = range.lowerBound..<range.upperBound + 1
    } else if kind(range.lowerBound - 1) == .comma {
      range = range.lowerBound - 1..<range.upperBound
    }
    tokens.removeSubrange(range)
  }

  /// Puts tokens before those at `place`, with a comma.
  mutating func insert(_ member: [[UInt8]], before place: Int) {
    tokens.insert(contentsOf: member + [Array(",".utf8)], at: place)
  }
}
