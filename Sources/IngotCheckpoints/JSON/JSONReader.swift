/// A strict pull parser of JSON (RFC 8259) that holds one small window of the text, and one string, at a time.
///
/// ``next()`` gives one token after the other. Nothing recurses: the open brackets are the bits of one word, so
/// that the depth is at most 64. Strings are unescaped and checked to be UTF-8; numbers are checked and kept as they
/// are written, so that the consumer decides which forms it takes. Refused, beyond what RFC 8259 refuses: a byte order
/// mark, and escapes that make a lone surrogate. Whether names repeat is for the consumer to see, after unescaping.
///
/// Memory is bounded by the window and by `maximumTextBytes`, time is linear in the text. Each method throws
/// ``JSONError``, and what the source of the bytes throws.
package struct JSONReader: ~Copyable {
  /// A piece of the text.
  package enum Token: Sendable, Hashable {
    case beginObject, endObject, beginArray, endArray
    /// The name of a member, which stands in ``JSONReader/text``; its colon is passed.
    case name
    /// A string, which stands in ``JSONReader/text``.
    case string
    /// A number, which stands in ``JSONReader/text`` as it is written.
    case number
    case boolean(Bool)
    case null
    /// The value is complete and only whitespace follows it.
    case end
  }

  /// What may come next.
  private enum Expectation { case value, valueOrEnd, name, nameOrEnd, commaOrEnd, nothing }

  /// The bytes of the last name or string, unescaped and valid UTF-8, or of the last number.
  package internal(set) var text: [UInt8] = []
  /// Where the last token begins.
  package private(set) var offset: UInt64

  var source: ByteWindow
  let maximumTextBytes: Int
  private let maximumDepth: Int
  private var depth = 0
  /// Which of the open brackets are those of objects; the innermost is the lowest bit.
  private var objects: UInt64 = 0
  private var expectation = Expectation.value

  /// Starts to parse one value.
  ///
  /// - Precondition: `maximumDepth` is from 0 to 64.
  package init(_ source: consuming ByteWindow, maximumDepth: Int, maximumTextBytes: Int) {
    precondition((0...64).contains(maximumDepth))
    self.offset = source.offset
    self.source = source
    self.maximumDepth = maximumDepth
    self.maximumTextBytes = maximumTextBytes
  }

  /// The next token; after the last one, ``Token/end`` again and again.
  package mutating func next() throws -> Token {
    var byte = try nextVisibleByte()
    offset = source.offset
    if expectation == .commaOrEnd, byte == UInt8(ascii: ",") {
      source.skip()
      expectation = isInObject ? .name : .value
      byte = try nextVisibleByte()
      offset = source.offset
    }
    switch (expectation, byte) {
    case (.nothing, nil):
      return .end
    case (.name, UInt8(ascii: "\"")), (.nameOrEnd, UInt8(ascii: "\"")):
      try readName()
      return .name
    case (.nameOrEnd, UInt8(ascii: "}")),
      (.commaOrEnd, UInt8(ascii: "}")) where isInObject:
      close()
      return .endObject
    case (.valueOrEnd, UInt8(ascii: "]")),
      (.commaOrEnd, UInt8(ascii: "]")) where !isInObject:
      close()
      return .endArray
    case (.value, let byte?), (.valueOrEnd, let byte?):
      return try readValue(startingWith: byte)
    default:
      throw unexpected(byte, expected: expectedText)
    }
  }

  private var isInObject: Bool { objects & 1 == 1 }

  private mutating func readValue(startingWith byte: UInt8) throws -> Token {
    switch byte {
    case UInt8(ascii: "{"):
      try open(object: true)
      return .beginObject
    case UInt8(ascii: "["):
      try open(object: false)
      return .beginArray
    case UInt8(ascii: "\""):
      try readString()
      didReadValue()
      return .string
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
      try readNumber()
      didReadValue()
      return .number
    case UInt8(ascii: "t"): return try readLiteral("true", .boolean(true))
    case UInt8(ascii: "f"): return try readLiteral("false", .boolean(false))
    case UInt8(ascii: "n"): return try readLiteral("null", .null)
    default: throw unexpected(byte, expected: expectedText)
    }
  }

  private mutating func readName() throws {
    try readString()
    guard let colon = try nextVisibleByte(), colon == UInt8(ascii: ":") else {
      throw unexpected(try source.peek(), expected: "`:` after a name")
    }
    source.skip()
    expectation = .value
  }

  private mutating func readLiteral(_ literal: StaticString, _ token: Token) throws -> Token {
    let length = literal.utf8CodeUnitCount
    for index in 0..<length {
      let byte = try source.peek()
      guard byte == literal.utf8Start[index] else { throw unexpected(byte, expected: "`\(literal)`") }
      source.skip()
    }
    didReadValue()
    return token
  }

  private mutating func open(object: Bool) throws {
    guard depth < maximumDepth else {
      throw JSONError(
        .nesting, at: offset, found: "brackets nested deeper than \(maximumDepth)",
        expected: "at most \(maximumDepth)")
    }
    source.skip()
    depth += 1
    objects = objects << 1 | (object ? 1 : 0)
    expectation = object ? .nameOrEnd : .valueOrEnd
  }

  private mutating func close() {
    source.skip()
    depth -= 1
    objects >>= 1
    didReadValue()
  }

  private mutating func didReadValue() { expectation = depth == 0 ? .nothing : .commaOrEnd }

  private mutating func nextVisibleByte() throws -> UInt8? {
    while let byte = try source.peek() {
      switch byte {
      case 0x20, 0x09, 0x0A, 0x0D: source.skip()
      default: return byte
      }
    }
    return nil
  }

  private var expectedText: String {
    switch expectation {
    case .value: "a value"
    case .valueOrEnd: "a value or `]`"
    case .name: "a name in quotation marks"
    case .nameOrEnd: "a name in quotation marks or `}`"
    case .commaOrEnd: isInObject ? "`,` or `}`" : "`,` or `]`"
    case .nothing: "the end of the text"
    }
  }

  /// The error for the byte that ``ByteWindow/peek()`` gave.
  func unexpected(_ byte: UInt8?, _ code: JSONError.Code = .syntax, expected: String) -> JSONError {
    JSONError(code, at: source.offset, found: JSONError.describe(byte), expected: expected)
  }
}
