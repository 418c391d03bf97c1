import IngotContainer

/// Reads the text of an array's header: a dictionary with three keys, as Python writes it.
///
/// Nothing is evaluated: strings, `True` and `False`, and a tuple of whole numbers are all that there is.
///
/// Specification: `spec/numpy.md`, clause A3.
struct NPYHeaderParser {
  /// What the text says.
  struct Header {
    let type: ElementType
    let isBigEndian: Bool
    let isFortran: Bool
    let shape: [Int]
    let shapeOffset: Int
  }

  private let bytes: [UInt8]
  private var position: Int
  private let isLatin: Bool

  init(_ bytes: [UInt8], from start: Int, isLatin: Bool) {
    self.bytes = bytes
    self.position = start
    self.isLatin = isLatin
  }

  mutating func parse(limits: CheckpointLimits) throws(NPYError) -> Header {
    var type: (ElementType, isBigEndian: Bool)?
    var isFortran: Bool?
    var shape: (numbers: [Int], offset: Int)?
    try expect("{")
    while !takes("}") {
      let offset = skipSpace()
      let key = try string()
      try expect(":")
      let value = skipSpace()
      switch key {
      case "descr" where type == nil: type = try elementType(at: value)
      case "fortran_order" where isFortran == nil: isFortran = try boolean()
      case "shape" where shape == nil: shape = (try tuple(limits), value)
      default:
        throw NPYError(
          .header, at: offset, found: "the key \(key.quoted)",
          expected: "descr, fortran_order and shape, once each")
      }
      if !takes(",") {
        try expect("}")
        break
      }
    }
    let end = skipSpace()
    guard end == bytes.count else {
      throw NPYError(.header, at: end, found: "text after the dictionary", expected: "the end of the header")
    }
    guard let type, let isFortran, let shape else {
      throw NPYError(
        .header, at: end, found: "a header without one of its keys",
        expected: "descr, fortran_order and shape")
    }
    return Header(
      type: type.0, isBigEndian: type.isBigEndian, isFortran: isFortran, shape: shape.numbers,
      shapeOffset: shape.offset)
  }

  /// The type that a description names.
  private mutating func elementType(at offset: Int) throws(NPYError) -> (ElementType, isBigEndian: Bool) {
    guard let quote = peek(), quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else {
      throw NPYError(
        .elementType, at: offset, found: "elements of several fields", expected: "numbers or truth values")
    }
    let text = try string()
    let order = text.first
    guard let order, "<>|=".contains(order), let type = Self.types[String(text.dropFirst())] else {
      throw NPYError(
        .elementType, at: offset, found: "elements \(text.quoted)\(Self.advice(text))",
        expected: "numbers or truth values")
    }
    // What is one byte has no order; `=` is that of the machine that wrote it, which is not known.
    guard type.numberByteCount == 1 || order == "<" || order == ">" else {
      throw NPYError(
        .elementType, at: offset, found: "elements \(text.quoted) of unknown byte order", expected: "< or >")
    }
    return (type, order == ">" && type.numberByteCount > 1)
  }

  private static func advice(_ text: String) -> String {
    switch text.dropFirst().first {
    case "O": ", objects of Python, which would run code to be made"
    case "V": ", bytes without a meaning"
    default: ""
    }
  }

  private static let types: [String: ElementType] = [
    "b1": .bool, "u1": .uint8, "i1": .int8, "u2": .uint16, "i2": .int16, "u4": .uint32, "i4": .int32,
    "u8": .uint64, "i8": .int64, "f2": .float16, "f4": .float32, "f8": .float64, "c8": .complex64,
  ]

  private mutating func boolean() throws(NPYError) -> Bool {
    if takes("True") { return true }
    if takes("False") { return false }
    throw unexpected("True or False")
  }

  private mutating func tuple(_ limits: CheckpointLimits) throws(NPYError) -> [Int] {
    try expect("(")
    var numbers: [Int] = []
    while !takes(")") {
      let offset = skipSpace()
      guard numbers.count < limits.dimensionCount else {
        throw NPYError(
          .limit, at: offset, found: "another dimension", expected: "at most \(limits.dimensionCount)")
      }
      numbers.append(try number())
      // Python 2 marked long integers.
      _ = takes("L")
      if takes(",") { continue }
      // One number in parentheses is no tuple.
      guard numbers.count > 1 else { throw unexpected("a comma") }
      try expect(")")
      break
    }
    return numbers
  }

  private mutating func number() throws(NPYError) -> Int {
    let start = skipSpace()
    while let byte = peek(), (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    guard !text.isEmpty else { throw unexpected("a whole number") }
    guard let number = Int(text) else {
      throw NPYError(.overflow, at: start, found: "the dimension \(text.quoted)", expected: "one below 2^63")
    }
    return number
  }

  /// A string without escapes, which no key or type has.
  private mutating func string() throws(NPYError) -> String {
    let start = skipSpace()
    guard let quote = peek(), quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else {
      throw unexpected("a string")
    }
    position += 1
    while let byte = peek(), byte != quote {
      guard byte != UInt8(ascii: "\\"), byte >= 0x20, byte < 0x7F || !isLatin else {
        throw unexpected("a plain string")
      }
      position += 1
    }
    guard peek() == quote else { throw unexpected("the end of a string") }
    position += 1
    guard let text = String(validating: bytes[start + 1..<position - 1], as: UTF8.self) else {
      throw NPYError(.utf8, at: start, found: "a string that is not UTF-8", expected: "UTF-8")
    }
    return text
  }

  private func peek() -> UInt8? { position < bytes.count ? bytes[position] : nil }

  @discardableResult
  private mutating func skipSpace() -> Int {
    while let byte = peek(), byte == 0x20 || byte == 0x0A || byte == 0x09 || byte == 0x0D { position += 1 }
    return position
  }

  private mutating func takes(_ word: String) -> Bool {
    skipSpace()
    guard bytes[position...].starts(with: word.utf8) else { return false }
    position += word.utf8.count
    return true
  }

  private mutating func expect(_ word: String) throws(NPYError) {
    guard takes(word) else { throw unexpected("`\(word)`") }
  }

  private func unexpected(_ expected: String) -> NPYError {
    let found = peek().map { "the byte 0x\(String($0, radix: 16))" } ?? "the end of the header"
    return NPYError(.header, at: position, found: found, expected: expected)
  }
}
