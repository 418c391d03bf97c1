/// One member of a ZIP archive without its name, as a table of many holds it: 40 bytes.
struct ZIPMember: Sendable {
  let headerOffset: UInt64
  let compressedByteCount: UInt64
  let byteCount: UInt64
  let checksum: UInt32
  /// The bytes of the directory before the entry of the member.
  private let directoryPosition: UInt32
  /// The bytes of the member's own header; known once that has been read.
  private var headerByteCount: UInt32 = 0
  let flags: UInt16
  let method: ZIPEntry.Method

  /// - Parameters:
  ///   - entry: The member.
  ///   - directory: Where the central directory begins.
  /// - Precondition: The directory is not longer than `CheckpointLimits.archiveDirectoryByteCount` can be.
  init(_ entry: ZIPEntry, inDirectoryAt directory: UInt64) {
    headerOffset = entry.headerOffset
    compressedByteCount = entry.compressedByteCount
    byteCount = entry.byteCount
    checksum = entry.checksum
    directoryPosition = UInt32(entry.directoryOffset - directory)
    flags = entry.flags
    method = entry.method
  }

  /// Where the data begins, which is at most two texts of 65,535 bytes after the header's beginning.
  var dataOffset: UInt64 {
    get { headerOffset + UInt64(headerByteCount) }
    set { headerByteCount = UInt32(newValue - headerOffset) }
  }

  /// The member with its name.
  func entry(named name: String, inDirectoryAt directory: UInt64) -> ZIPEntry {
    ZIPEntry(
      name: name, method: method, checksum: checksum, compressedByteCount: compressedByteCount,
      byteCount: byteCount, flags: flags, headerOffset: headerOffset,
      directoryOffset: directory + UInt64(directoryPosition), dataOffset: dataOffset)
  }
}
