import IngotEncodings

// What a consumer that knows the form of its text asks for.
extension JSONReader {
  /// Reads a token that must be `token`.
  package mutating func expect(_ token: Token, _ expected: String) throws {
    let next = try next()
    guard next == token else { throw mismatch(next, expected: expected) }
  }

  /// Reads a member's name into ``text``, or the end of the object.
  ///
  /// - Returns: Whether there was a name.
  package mutating func nextName() throws -> Bool {
    switch try next() {
    case .name: return true
    case .endObject: return false
    case let token: throw mismatch(token, expected: "a name or `}`")
    }
  }

  /// The last number, if it is written with nothing but digits and fits.
  package func wholeNumber<Number: FixedWidthInteger>() -> Number? {
    var value: Number = 0
    for byte in text {
      guard isDigit(byte), let tens = Checked.product(value, 10),
        let next = Checked.sum(tens, Number(byte - UInt8(ascii: "0")))
      else { return nil }
      value = next
    }
    return value
  }

  /// Passes one value, whatever it is.
  package mutating func skipValue() throws { try skipRest(of: next()) }

  /// Passes what is left of the value that `token` begins.
  package mutating func skipRest(of token: Token) throws {
    var depth = token == .beginObject || token == .beginArray ? 1 : 0
    while depth > 0 {
      switch try next() {
      case .beginObject, .beginArray: depth += 1
      case .endObject, .endArray: depth -= 1
      default: break
      }
    }
  }

  /// ``text`` as a string, which shares no memory with it.
  package var textString: String { String(decoding: text, as: UTF8.self) }

  /// The error for a token that is not what the consumer asked for.
  package func mismatch(_ token: Token, expected: String) -> JSONError {
    JSONError(.form, at: offset, found: describe(token), expected: expected)
  }

  /// A token in words.
  package func describe(_ token: Token) -> String {
    switch token {
    case .beginObject: "an object"
    case .beginArray: "an array"
    case .endObject, .endArray: "the end of the \(token == .endArray ? "array" : "object")"
    case .name: "a name"
    case .string: "a string"
    case .number: "the number \(textString.prefix(40))"
    case .boolean(let value): "\(value)"
    case .null: "null"
    case .end: "the end of the text"
    }
  }
}

// What the formats ask of the whole text, beyond RFC 8259.
extension JSONReader {
  /// Refuses a text whose very first byte is not a `{`.
  ///
  /// - Precondition: No token has been read.
  package mutating func expectBraceFirst() throws {
    let byte = try source.peek()
    guard byte == UInt8(ascii: "{") else { throw unexpected(byte, .form, expected: "`{` as the first byte") }
  }

  /// Refuses anything but spaces after the value.
  ///
  /// - Precondition: The value is complete.
  package mutating func expectSpacesToTheEnd() throws {
    while let byte = try source.peek() {
      guard byte == 0x20 else {
        throw unexpected(byte, .form, expected: "nothing but spaces after the last `}`")
      }
      source.skip()
    }
  }

  /// Whether ``text`` has the bytes of `name`.
  package func textIs(_ name: StaticString) -> Bool {
    guard text.count == name.utf8CodeUnitCount else { return false }
    for index in text.indices where text[index] != name.utf8Start[index] { return false }
    return true
  }
}
