import IngotEncodings

// How numbers and fields are read, and what a field must be where it is one that is read.
//
// Specification: `spec/onnx.md`, clause O2.
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
        .limit, at: field.offset, found: "a text of \(range.count.counted("byte"))",
        expected: "at most \(limit)")
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
