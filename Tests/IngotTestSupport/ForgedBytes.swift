// Sealed files as somebody changes them who can mend every checksum.
extension [UInt8] {
  /// The bytes with a number written over those at `offset`.
  package func with<Number: FixedWidthInteger>(_ number: Number, at offset: Int) -> [UInt8] {
    var copy = self
    for index in 0..<MemoryLayout<Number>.size {
      copy[offset + index] = UInt8(truncatingIfNeeded: number >> Number(8 * index))
    }
    return copy
  }

  /// A sealed file whose checksums are made right again: header, tables, footer.
  package func repaired(bodyByteCount: Int) -> [UInt8] {
    let footer = count - 64
    var copy = self
    copy = copy.with(Self.checksum(of: copy[bodyByteCount..<bodyByteCount + 60]), at: bodyByteCount + 60)
    copy = copy.with(Self.checksum(of: copy[bodyByteCount..<footer]), at: footer + 48)
    return copy.with(Self.checksum(of: copy[footer..<footer + 60]), at: footer + 60)
  }

  /// CRC-32, bit by bit.
  package static func checksum(of bytes: ArraySlice<UInt8>) -> UInt32 {
    var remainder = UInt32.max
    for byte in bytes {
      remainder ^= UInt32(byte)
      for _ in 0..<8 { remainder = remainder >> 1 ^ (remainder & 1 == 0 ? 0 : 0xEDB8_8320) }
    }
    return ~remainder
  }
}
