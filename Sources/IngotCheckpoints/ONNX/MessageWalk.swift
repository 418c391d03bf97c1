import IngotEncodings

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
    bytes.cut(
      at: start, end: end, found: "a value of \(length.counted("byte")) with \(end - offset) left")
  }
}
