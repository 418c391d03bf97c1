/// A field of a message of protocol buffers.
struct MessageField {
  /// The number, or where the bytes are.
  enum Value {
    case varint(UInt64)
    case fixed64(UInt64)
    case bytes(Range<UInt64>)
    case fixed32(UInt32)
  }

  let number: UInt64
  let value: Value
  /// Where the field begins, with its number.
  let offset: UInt64
  /// Where its value begins.
  let valueOffset: UInt64
}

/// A walk over the fields of a message, which passes over the bytes that they hold.
///
/// Specification: `spec/onnx.md`, clause O2.
struct MessageWalk {
  private let bytes: MessageBytes
  /// Where the next field begins.
  private(set) var offset: UInt64
  private let end: UInt64

  init(_ range: Range<UInt64>, in bytes: MessageBytes) {
    self.bytes = bytes
    offset = range.lowerBound
    end = range.upperBound
  }

  /// The next field, or `nil` at the end of the message.
  mutating func next() throws -> MessageField? {
    guard offset < end else { return nil }
    let start = offset
    let tag = try bytes.varint(at: &offset, before: end)
    guard tag <= UInt64(UInt32.max), tag >> 3 > 0 else {
      throw bytes.refuse(
        .protocolBuffer, at: start, found: "a field of the number \(tag >> 3)", expected: "1 to 2^29 - 1")
    }
    let valueStart = offset
    let value: MessageField.Value
    switch tag & 7 {
    case 0: value = .varint(try bytes.varint(at: &offset, before: end))
    case 1: value = .fixed64(try fixed(8, from: start))
    case 2:
      let length = try bytes.varint(at: &offset, before: end)
      guard length <= end - offset else { throw cut(at: start, length) }
      let range = offset..<offset + length
      offset = range.upperBound
      return MessageField(
        number: tag >> 3, value: .bytes(range), offset: start, valueOffset: range.lowerBound)
    case 5: value = .fixed32(UInt32(truncatingIfNeeded: try fixed(4, from: start)))
    default:
      throw bytes.refuse(
        .protocolBuffer, at: start, found: "a field of the wire type \(tag & 7)", expected: "0, 1, 2 or 5")
    }
    return MessageField(number: tag >> 3, value: value, offset: start, valueOffset: valueStart)
  }

  private mutating func fixed(_ count: Int, from start: UInt64) throws -> UInt64 {
    guard UInt64(count) <= end - offset else { throw cut(at: start, UInt64(count)) }
    defer { offset += UInt64(count) }
    return try bytes.number(at: offset, count: count)
  }

  private func cut(at start: UInt64, _ length: UInt64) -> CheckpointError {
    bytes.cut(at: start, end: end, found: "a value of \(length) bytes where \(end - offset) are left")
  }
}

extension MessageBytes {
  /// The number that begins at `offset`, which is moved behind it.
  ///
  /// - Throws: ``CheckpointError`` at its first byte.
  func varint(at offset: inout UInt64, before end: UInt64) throws -> UInt64 {
    let start = offset
    var number: UInt64 = 0
    for index in 0..<10 as Range<UInt64> {
      guard offset < end else { throw cut(at: start, end: end, found: "the end within a number") }
      let byte = try byte(at: offset)
      offset += 1
      // The tenth byte has the last of 64 bits.
      if index == 9, byte > 1 { break }
      number |= UInt64(byte & 0x7F) << (7 * index)
      if byte < 0x80 { return number }
    }
    throw refuse(
      .protocolBuffer, at: start, found: "a number of more than 10 bytes or 64 bits", expected: "a varint")
  }

  /// The error for what its message, or the file, is too short for.
  func cut(at offset: UInt64, end: UInt64, found: String) -> CheckpointError {
    end == file.byteCount
      ? refuse(.truncated, at: offset, found: found, expected: "all of it within the file")
      : refuse(.protocolBuffer, at: offset, found: found, expected: "all of it within its message")
  }

  func refuse(
    _ code: CheckpointError.Code, at offset: UInt64, _ subject: CheckpointError.Subject = .file,
    found: String,
    expected: String
  ) -> CheckpointError {
    CheckpointError(code, path, at: offset, subject, found: found, expected: expected)
  }
}

// What a field must be, where it is one that is read.
extension MessageBytes {
  /// The bytes of a message, text or block of a field.
  func range(of field: MessageField) throws -> Range<UInt64> {
    guard case .bytes(let range) = field.value else {
      throw wrong(field, expected: "bytes with their length")
    }
    return range
  }

  /// The number of a field.
  func varint(of field: MessageField) throws -> UInt64 {
    guard case .varint(let number) = field.value else { throw wrong(field, expected: "a varint") }
    return number
  }

  /// The text of a field, of at most `limit` bytes.
  func text(of field: MessageField, limit: Int) throws -> String {
    let range = try range(of: field)
    guard range.count <= limit else {
      throw refuse(
        .limit, at: field.offset, found: "a text of \(range.count) bytes", expected: "at most \(limit)")
    }
    guard let text = String(validating: try file.bytes(in: range), as: UTF8.self) else {
      throw refuse(.utf8, at: range.lowerBound, found: "a text that is not UTF-8", expected: "UTF-8")
    }
    return text
  }

  func wrong(_ field: MessageField, expected: String) -> CheckpointError {
    let type =
      switch field.value {
      case .varint: 0
      case .fixed64: 1
      case .bytes: 2
      case .fixed32: 5
      }
    return refuse(
      .protocolBuffer, at: field.offset, found: "field \(field.number) of the wire type \(type)",
      expected: expected)
  }
}
