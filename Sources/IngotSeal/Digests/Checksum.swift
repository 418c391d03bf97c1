import CVectors
import CZlib

/// CRC-32 as zlib computes it.
enum Checksum {
  /// How this processor folds long stretches, which is faster; nil where it cannot.
  // Safe to share: it points to a constant.
  nonisolated(unsafe) private static let widest = ingot_widest_crc32()

  /// The checksum of more bytes after those whose checksum is `start`; of none before, 0.
  static func of(_ bytes: UnsafeRawBufferPointer, after start: UInt32 = 0) -> UInt32 {
    guard let widest else { return plain(bytes, after: start) }
    return folding(bytes, after: start, by: widest)
  }

  static func of(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    bytes.withUnsafeBytes { of($0) }
  }

  /// The same by zlib alone.
  static func plain(_ bytes: UnsafeRawBufferPointer, after start: UInt32) -> UInt32 {
    // A null pointer would reset the checksum.
    guard let base = bytes.baseAddress else { return start }
    let pointer = base.assumingMemoryBound(to: UInt8.self)
    return UInt32(truncatingIfNeeded: crc32_z(uLong(start), pointer, z_size_t(bytes.count)))
  }

  /// The same with all but the last few bytes folded to 16, which have the same checksum.
  static func folding(
    _ bytes: UnsafeRawBufferPointer, after start: UInt32, by way: UnsafePointer<ingot_crc32>
  ) -> UInt32 {
    let count = bytes.count - bytes.count % way.pointee.step
    guard count > 0, let base = bytes.baseAddress else { return plain(bytes, after: start) }
    let checksum = withUnsafeTemporaryAllocation(
      byteCount: Int(ingot_folded_count), alignment: 16
    ) { folded in
      guard let target = folded.baseAddress else { return start }
      way.pointee.fold(
        start, base.assumingMemoryBound(to: UInt8.self), count,
        target.assumingMemoryBound(to: UInt8.self))
      return plain(UnsafeRawBufferPointer(folded), after: .max)
    }
    return plain(UnsafeRawBufferPointer(rebasing: bytes[count...]), after: checksum)
  }
}
