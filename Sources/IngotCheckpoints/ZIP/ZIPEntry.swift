/// One member of a ZIP archive, as the central directory and its own header agree on.
///
/// Specification: `spec/zip.md`, clauses Z3 and Z4.
struct ZIPEntry: Sendable {
  /// How the bytes are stored.
  enum Method: UInt16, Sendable {
    /// As they are.
    case stored = 0
    /// As a raw stream of DEFLATE (RFC 1951).
    case deflated = 8
  }

  /// The name, which is a relative path without `..`.
  let name: String
  let method: Method
  /// The CRC-32 of the bytes that are stored.
  let checksum: UInt32
  /// The bytes in the archive.
  let compressedByteCount: UInt64
  /// The bytes of the member itself.
  let byteCount: UInt64
  /// The general purpose flags.
  let flags: UInt16
  /// Where its own header begins.
  let headerOffset: UInt64
  /// Where its entry of the central directory begins.
  let directoryOffset: UInt64
  /// Where the data begins; known once the header has been read.
  var dataOffset: UInt64 = 0

  /// Whether sizes and checksum follow the data.
  var hasDescriptor: Bool { flags & 1 << 3 != 0 }
  /// Whether it stands for a folder.
  var isFolder: Bool { name.utf8.last == UInt8(ascii: "/") }
  /// The first byte after the data.
  var dataEnd: UInt64 { dataOffset + compressedByteCount }
}
