import IngotContainer
import IngotEncodings

/// Holds the header before a member's data, and what follows the data, against the directory.
///
/// Specification: `spec/zip.md`, clause Z4.
struct ZIPMemberCheck {
  private static let headerByteCount = 30

  private let file: ReadableBytes
  private let entry: ZIPEntry
  private let start: UInt64
  private let end: UInt64

  /// - Parameters:
  ///   - file: The archive.
  ///   - entry: The member by the directory.
  ///   - start: Where the member before it ends.
  ///   - end: Where the next member or the directory begins.
  init(_ file: ReadableBytes, _ entry: ZIPEntry, from start: UInt64, to end: UInt64) {
    self.file = file
    self.entry = entry
    self.start = start
    self.end = end
  }

  /// Checks header, extent and descriptor, and gives the place of the data.
  func dataOffset() throws -> UInt64 {
    guard entry.headerOffset == start else {
      throw refuse(
        .coverage, start, "bytes that belong to no member before the one at \(entry.headerOffset)",
        "members that tile the archive")
    }
    guard let headerEnd = Checked.sum(start, UInt64(Self.headerByteCount)), headerEnd <= end else {
      throw overlap(start)
    }
    let header = try file.bytes(in: start..<headerEnd)
    guard header.starts(with: [0x50, 0x4B, 3, 4]) else {
      throw refuse(.zip, start, "no header of a member", "its signature")
    }
    let nameLength = header.littleEndian(at: 26, count: 2)
    let extraLength = header.littleEndian(at: 28, count: 2)
    let dataOffset = headerEnd + nameLength + extraLength
    guard dataOffset <= end else { throw overlap(start) }
    let texts = try file.bytes(in: headerEnd..<dataOffset)
    guard texts.prefix(Int(nameLength)).elementsEqual(entry.name.utf8) else {
      let name = String(decoding: texts.prefix(Int(nameLength)), as: UTF8.self)
      throw mismatch("the name \(name.quoted) before the data")
    }
    guard header.littleEndian(at: 6, count: 2) == UInt64(entry.flags) else { throw mismatch("other flags") }
    guard header.littleEndian(at: 8, count: 2) == UInt64(entry.method.rawValue) else {
      throw mismatch("another method")
    }
    var sizes = ZIPSizes(
      byteCount: header.littleEndian(at: 22, count: 4),
      compressedByteCount: header.littleEndian(at: 18, count: 4), headerOffset: nil, disk: nil)
    if let fault = sizes.resolve(texts.dropFirst(Int(nameLength))) {
      throw refuse(.zip, start, fault, "extra fields that the header calls for")
    }
    let checksum = header.littleEndian(at: 14, count: 4)
    let isEmpty = checksum == 0 && sizes.byteCount == 0 && sizes.compressedByteCount == 0
    let isSame =
      checksum == UInt64(entry.checksum) && sizes.byteCount == entry.byteCount
      && sizes.compressedByteCount == entry.compressedByteCount
    guard isSame || entry.hasDescriptor && isEmpty else { throw mismatch("other sizes or another CRC-32") }
    try checkEnd(dataOffset)
    return dataOffset
  }

  /// The data, and the descriptor if there is one, end where what follows begins.
  private func checkEnd(_ dataOffset: UInt64) throws {
    guard let dataEnd = Checked.sum(dataOffset, entry.compressedByteCount), dataEnd <= end else {
      throw overlap(dataOffset)
    }
    guard entry.hasDescriptor else {
      guard dataEnd == end else {
        throw refuse(
          .coverage, dataEnd, "\((end - dataEnd).counted("byte")) of no member after the data",
          "members that tile the archive")
      }
      return
    }
    let count = end - dataEnd
    guard [12, 16, 20, 24].contains(count) else {
      throw refuse(.coverage, dataEnd, "\(count.counted("byte")) after the data", "a data descriptor")
    }
    var descriptor = try file.bytes(in: dataEnd..<end)[...]
    if count == 16 || count == 24 {
      guard descriptor.starts(with: [0x50, 0x4B, 7, 8]) else {
        throw refuse(.zip, dataEnd, "no data descriptor", "its signature")
      }
      descriptor = descriptor.dropFirst(4)
    }
    let width = (descriptor.count - 4) / 2
    guard descriptor.littleEndian(at: 0, count: 4) == UInt64(entry.checksum),
      descriptor.littleEndian(at: 4, count: width) == entry.compressedByteCount,
      descriptor.littleEndian(at: 4 + width, count: width) == entry.byteCount
    else {
      throw refuse(.zipMismatch, dataEnd, "a data descriptor that differs", "what the directory says")
    }
  }

  private func overlap(_ offset: UInt64) -> CheckpointError {
    refuse(.coverage, offset, "a member that reaches into what begins at byte \(end)", "members apart")
  }

  private func mismatch(_ found: String) -> CheckpointError {
    refuse(.zipMismatch, start, found, "what the directory says")
  }

  private func refuse(
    _ code: CheckpointError.Code, _ offset: UInt64, _ found: String, _ expected: String
  ) -> CheckpointError {
    CheckpointError(code, file.path, at: offset, .member(entry.name), found: found, expected: expected)
  }
}
