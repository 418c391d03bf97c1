import IngotEncodings

// Strings and numbers: what fills `text`.
extension JSONReader {
  /// Reads a string whose opening quotation mark is next.
  mutating func readString() throws {
    text.removeAll(keepingCapacity: true)
    source.skip()
    while true {
      let run = try source.takeRun(atMost: maximumTextBytes - text.count + 1, into: &text) { byte in
        byte >= 0x20 && byte < 0x80 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
      }
      try checkTextLength()
      if run > 0 { continue }
      let start = source.offset
      switch try source.peek() {
      case UInt8(ascii: "\""):
        source.skip()
        return
      case UInt8(ascii: "\\"):
        source.skip()
        try readEscape(at: start)
      case let lead? where lead >= 0x80:
        source.skip()
        try readMultibyteScalar(lead, at: start)
      case let byte:
        throw unexpected(byte, expected: "a character of a string, or `\"`")
      }
      try checkTextLength()
    }
  }

  /// Reads a number whose first byte is next: RFC 8259, section 6.
  mutating func readNumber() throws {
    text.removeAll(keepingCapacity: true)
    try take(UInt8(ascii: "-"))
    if try take(UInt8(ascii: "0")) {
      if let digit = try source.peek(), isDigit(digit) {
        throw unexpected(digit, expected: "no digit after a leading zero")
      }
    } else {
      try takeDigits()
    }
    if try take(UInt8(ascii: ".")) { try takeDigits() }
    if try take(UInt8(ascii: "e")) ? true : take(UInt8(ascii: "E")) {
      if try !take(UInt8(ascii: "+")) { try take(UInt8(ascii: "-")) }
      try takeDigits()
    }
  }

  /// Reads what follows a backslash: RFC 8259, section 7.
  private mutating func readEscape(at start: UInt64) throws {
    guard let byte = try source.peek() else { throw unexpected(nil, expected: "an escape") }
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "u"):
      source.skip()
      let scalar = try readEscapedScalar(at: start)
      text.append(contentsOf: UTF8.encode(scalar).map(Array.init) ?? [])
      return
    default: throw unexpected(byte, expected: "one of `\"\\/bfnrtu`")
    }
    source.skip()
  }

  /// Reads the digits of `\uXXXX`, and the second half of a surrogate pair.
  private mutating func readEscapedScalar(at start: UInt64) throws -> Unicode.Scalar {
    let first = try readHexadecimalUnit()
    if let scalar = Unicode.Scalar(first) { return scalar }
    let lone = JSONError(
      at: start, found: "the lone surrogate \\u\(String(first, radix: 16))", expected: "a surrogate pair")
    guard first < 0xDC00, try source.peek() == UInt8(ascii: "\\") else { throw lone }
    source.skip()
    guard try source.peek() == UInt8(ascii: "u") else { throw lone }
    source.skip()
    let second = try readHexadecimalUnit()
    guard (0xDC00...0xDFFF).contains(second),
      let scalar = Unicode.Scalar(0x10000 + (UInt32(first - 0xD800) << 10 | UInt32(second - 0xDC00)))
    else { throw lone }
    return scalar
  }

  private mutating func readHexadecimalUnit() throws -> UInt16 {
    var unit: UInt16 = 0
    for _ in 0..<4 {
      let byte = try source.peek()
      guard let byte, let digit = Character(UnicodeScalar(byte)).hexDigitValue, byte < 0x80 else {
        throw unexpected(byte, expected: "four hexadecimal digits after \\u")
      }
      source.skip()
      unit = unit << 4 | UInt16(digit)
    }
    return unit
  }

  /// Reads the rest of a scalar of two to four bytes: The Unicode Standard, table 3-7.
  private mutating func readMultibyteScalar(_ lead: UInt8, at start: UInt64) throws {
    let (count, second): (Int, ClosedRange<UInt8>)
    switch lead {
    case 0xC2...0xDF: (count, second) = (1, 0x80...0xBF)
    case 0xE0: (count, second) = (2, 0xA0...0xBF)
    case 0xED: (count, second) = (2, 0x80...0x9F)
    case 0xE1...0xEF: (count, second) = (2, 0x80...0xBF)
    case 0xF0: (count, second) = (3, 0x90...0xBF)
    case 0xF1...0xF3: (count, second) = (3, 0x80...0xBF)
    case 0xF4: (count, second) = (3, 0x80...0x8F)
    default: throw invalidUTF8(lead, at: start)
    }
    text.append(lead)
    for index in 0..<count {
      guard let byte = try source.peek(), (index == 0 ? second : 0x80...0xBF).contains(byte) else {
        throw invalidUTF8(lead, at: start)
      }
      source.skip()
      text.append(byte)
    }
  }

  private func invalidUTF8(_ lead: UInt8, at start: UInt64) -> JSONError {
    JSONError(
      .utf8, at: start, found: "\(JSONError.describe(lead)), which begins no valid sequence",
      expected: "UTF-8")
  }

  private mutating func takeDigits() throws {
    guard let first = try source.peek(), isDigit(first) else {
      throw unexpected(try source.peek(), expected: "a digit")
    }
    while try source.takeRun(atMost: maximumTextBytes - text.count + 1, into: &text, while: isDigit) > 0 {
      try checkTextLength()
    }
  }

  @discardableResult
  private mutating func take(_ byte: UInt8) throws -> Bool {
    guard try source.peek() == byte else { return false }
    source.skip()
    text.append(byte)
    try checkTextLength()
    return true
  }

  private func checkTextLength() throws {
    guard text.count <= maximumTextBytes else {
      throw JSONError(
        .limit, at: offset, found: "a string or number of more than \(maximumTextBytes.counted("byte"))",
        expected: "at most \(maximumTextBytes)")
    }
  }
}

func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }
