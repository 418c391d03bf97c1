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
