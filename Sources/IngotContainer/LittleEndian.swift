extension [UInt8] {
  /// Appends the bytes of `value`, lowest first.
  mutating func append(littleEndian value: some FixedWidthInteger) {
    Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
  }

  /// Appends the number of UTF-8 bytes of `text` in eight bytes, then those bytes.
  mutating func append(sized text: String) {
    append(littleEndian: UInt64(text.utf8.count))
    append(contentsOf: text.utf8)
  }
}

extension UnsafeRawBufferPointer {
  /// The little-endian number at `position`, which need not be aligned.
  ///
  /// - Precondition: the number lies within the buffer.
  @inline(__always)
  func littleEndian<Number: FixedWidthInteger & BitwiseCopyable>(
    _ type: Number.Type, at position: Int
  ) -> Number {
    precondition(position >= 0 && position <= count - MemoryLayout<Number>.size)
    return Number(littleEndian: loadUnaligned(fromByteOffset: position, as: type))
  }
}
