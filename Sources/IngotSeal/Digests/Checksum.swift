import CZlib

/// CRC-32 as zlib computes it.
enum Checksum {
  /// The checksum of more bytes after those whose checksum is `start`; of none before, 0.
  static func of(_ bytes: UnsafeRawBufferPointer, after start: UInt32 = 0) -> UInt32 {
    // A null pointer would reset the checksum.
    guard let base = bytes.baseAddress else { return start }
    let pointer = base.assumingMemoryBound(to: UInt8.self)
    return UInt32(truncatingIfNeeded: crc32_z(uLong(start), pointer, z_size_t(bytes.count)))
  }

  static func of(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    bytes.withUnsafeBytes { of($0) }
  }
}
