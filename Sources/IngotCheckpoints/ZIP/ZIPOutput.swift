import IngotContainer

/// The bytes of a ZIP archive around entries that are stored as they are, written front to back.
///
/// The checksum of an entry stands after it, in a data descriptor, so that nothing is read twice; ZIP64 fields appear
/// where a size or an offset needs them. Entries have no date: the same entries give the same archive.
///
/// Specification: PKWARE's APPNOTE, sections 4.3 to 4.5.
public struct ZIPOutput {
  private struct Entry {
    let byteCount: UInt64
    let offset: UInt64
    var checksum: UInt32 = 0

    var isLarge: Bool { byteCount >= ZIPOutput.limit }
  }

  private var entries: [Entry] = []
  private var names = TextList()
  private var offset: UInt64 = 0
  private var checksum: UInt32 = 0

  /// From here on a number takes a ZIP64 field.
  private static let limit = UInt64(UInt32.max)
  private static let pieceByteCount = 1 << 16
  /// The most bytes of a name.
  public static let longestNameByteCount = Int(UInt16.max)
  /// The sizes and the checksum follow the data; the name is UTF-8.
  private static let flags: UInt16 = 0x0808
  /// 1 January 1980, the first day that there is.
  private static let date: UInt16 = 0x0021

  /// Starts an empty archive.
  public init() {}

  /// Whether an entry of this name is one that readers accept: `spec/zip.md`, clause Z3.4.
  public static func holds(name: String) -> Bool {
    name.utf8.count <= longestNameByteCount && ZIPName.isPlain(name.utf8)
  }

  /// The bytes before an entry's own.
  ///
  /// - Parameters:
  ///   - name: The name of the entry, of at most ``longestNameByteCount`` bytes, for which ``holds(name:)``.
  ///   - byteCount: Its size, which ``add(_:)`` has to reach before ``end()``.
  /// - Precondition: The name is no longer than that.
  public mutating func begin(_ name: String, byteCount: UInt64) -> [UInt8] {
    let entry = Entry(byteCount: byteCount, offset: offset)
    precondition(name.utf8.count <= Self.longestNameByteCount, "the name of an entry is too long")
    var bytes = Fields()
    bytes.append(0x0403_4B50 as UInt32)
    bytes.append(Self.version(isLarge: entry.isLarge))
    bytes.append(Self.flags)
    bytes.append(0 as UInt16)
    bytes.append(0 as UInt16)
    bytes.append(Self.date)
    bytes.append(0 as UInt32)
    // A descriptor that has sizes of 64 bits is announced by a field for them.
    let size: UInt32 = entry.isLarge ? .max : 0
    bytes.append(size)
    bytes.append(size)
    bytes.append(UInt16(name.utf8.count))
    bytes.append(UInt16(entry.isLarge ? 20 : 0))
    bytes.bytes += name.utf8
    if entry.isLarge {
      bytes.append(1 as UInt16)
      bytes.append(16 as UInt16)
      bytes.append(0 as UInt64)
      bytes.append(0 as UInt64)
    }
    entries.append(entry)
    names.append(name)
    checksum = 0
    offset += UInt64(bytes.bytes.count) + byteCount
    return bytes.bytes
  }

  /// Takes note of bytes of the entry that was begun.
  public mutating func add(_ bytes: UnsafeRawBufferPointer) {
    checksum = ZIPChecksum.of(bytes, after: checksum)
  }

  /// The bytes after an entry's own.
  public mutating func end() -> [UInt8] {
    guard let last = entries.indices.last else { return [] }
    entries[last].checksum = checksum
    var bytes = Fields()
    bytes.append(0x0807_4B50 as UInt32)
    bytes.append(entries[last].checksum)
    for _ in 0..<2 { bytes.append(entries[last].byteCount, isLarge: entries[last].isLarge) }
    offset += UInt64(bytes.bytes.count)
    return bytes.bytes
  }

  /// Passes on the directory, with which the archive ends.
  ///
  /// - Parameter write: Takes the bytes, piece by piece.
  /// - Throws: What `write` throws.
  /// - Complexity: O(*n*) in the number of entries.
  public func writeDirectory(_ write: ([UInt8]) throws -> Void) rethrows {
    var bytes = Fields()
    var byteCount: UInt64 = 0
    for (place, entry) in entries.enumerated() {
      bytes.append(entry, name: names, at: place)
      guard bytes.bytes.count >= Self.pieceByteCount || place == entries.count - 1 else { continue }
      byteCount += UInt64(bytes.bytes.count)
      try write(bytes.bytes)
      bytes.bytes.removeAll(keepingCapacity: true)
    }
    let count = UInt64(entries.count)
    if count >= UInt64(UInt16.max) || byteCount >= Self.limit || offset >= Self.limit {
      let end = offset + byteCount
      bytes.append(0x0606_4B50 as UInt32)
      bytes.append(44 as UInt64)
      for _ in 0..<2 { bytes.append(Self.version(isLarge: true)) }
      for _ in 0..<2 { bytes.append(0 as UInt32) }
      for _ in 0..<2 { bytes.append(count) }
      bytes.append(byteCount)
      bytes.append(offset)
      bytes.append(0x0706_4B50 as UInt32)
      bytes.append(0 as UInt32)
      bytes.append(end)
      bytes.append(1 as UInt32)
    }
    bytes.append(0x0605_4B50 as UInt32)
    bytes.append(0 as UInt32)
    for _ in 0..<2 { bytes.append(UInt16(min(count, UInt64(UInt16.max)))) }
    bytes.append(byteCount, isLarge: false)
    bytes.append(offset, isLarge: false)
    bytes.append(0 as UInt16)
    try write(bytes.bytes)
  }

  /// The version of the format that a reader needs: 2.0, or 4.5 for ZIP64.
  fileprivate static func version(isLarge: Bool) -> UInt16 { isLarge ? 45 : 20 }

  /// Numbers, little-endian, one after the other.
  private struct Fields {
    var bytes: [UInt8] = []

    mutating func append(_ number: some FixedWidthInteger & UnsignedInteger) {
      withUnsafeBytes(of: number.littleEndian) { bytes += $0 }
    }

    /// A size in 64 bits, or in 32 where all ones stand for one that is too large.
    mutating func append(_ size: UInt64, isLarge: Bool) {
      if isLarge { append(size) } else { append(UInt32(min(size, ZIPOutput.limit))) }
    }

    mutating func append(_ entry: Entry, name names: TextList, at place: Int) {
      let isFar = entry.offset >= ZIPOutput.limit
      let extra = (entry.isLarge ? 16 : 0) + (isFar ? 8 : 0)
      append(0x0201_4B50 as UInt32)
      for _ in 0..<2 { append(ZIPOutput.version(isLarge: extra > 0)) }
      append(ZIPOutput.flags)
      append(0 as UInt16)
      append(0 as UInt16)
      append(ZIPOutput.date)
      append(entry.checksum)
      for _ in 0..<2 { append(entry.byteCount, isLarge: false) }
      append(UInt16(names.byteCount(at: place)))
      append(UInt16(extra > 0 ? extra + 4 : 0))
      for _ in 0..<3 { append(0 as UInt16) }
      append(0 as UInt32)
      append(entry.offset, isLarge: false)
      names.withBytes(at: place) { bytes += $0 }
      guard extra > 0 else { return }
      append(1 as UInt16)
      append(UInt16(extra))
      if entry.isLarge { for _ in 0..<2 { append(entry.byteCount) } }
      if isFar { append(entry.offset) }
    }
  }
}
