import IngotEncodings

extension [UInt8] {
  /// Appends the bytes of a number, lowest first.
  mutating func append(number: some FixedWidthInteger) {
    Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
  }

  /// Appends zeros until there are `count` bytes.
  mutating func pad(to count: Int) {
    append(contentsOf: repeatElement(0, count: Swift.max(0, count - self.count)))
  }
}

/// Fields that follow each other in bytes whose number has been checked.
struct SealFields {
  let bytes: ArraySlice<UInt8>
  /// Where the first of `bytes` stands in its file.
  let offset: UInt64
  private var position: Int

  init(_ bytes: ArraySlice<UInt8>, at offset: UInt64) {
    self.bytes = bytes
    self.offset = offset
    position = bytes.startIndex
  }

  /// Where the next field stands in its file.
  var place: UInt64 { offset + UInt64(position - bytes.startIndex) }

  /// The bytes that are left.
  var count: Int { bytes.endIndex - position }

  /// Takes a number.
  ///
  /// - Throws: `SEAL_RANGE` if it is not all there.
  mutating func number<Number: FixedWidthInteger & UnsignedInteger>(
    _ type: Number.Type
  ) throws(SealError) -> Number {
    var value: Number = 0
    for (index, byte) in try take(MemoryLayout<Number>.size).enumerated() {
      value |= Number(byte) << Number(8 * index)
    }
    return value
  }

  /// Takes as many bytes.
  ///
  /// - Throws: `SEAL_RANGE` if they are not all there.
  mutating func take(_ count: Int) throws(SealError) -> ArraySlice<UInt8> {
    guard count >= 0, count <= self.count else {
      throw SealError(
        .range, at: place, found: self.count.counted("byte"), expected: count.counted("byte"))
    }
    defer { position += count }
    return bytes[position..<position + count]
  }

  /// Takes bytes that must be zero.
  mutating func zeros(_ count: Int) throws(SealError) {
    let start = place
    for (index, byte) in try take(count).enumerated() where byte != 0 {
      throw SealError(
        .version, at: start + UInt64(index), found: "a reserved byte of \(byte)", expected: "0")
    }
  }
}
