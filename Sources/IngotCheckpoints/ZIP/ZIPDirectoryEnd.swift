import IngotContainer
import IngotEncodings
import SystemPackage

/// The records at the end of a ZIP archive: where the central directory is, and how many entries it has.
///
/// Specification: `spec/zip.md`, clause Z2.
struct ZIPDirectoryEnd {
  /// Where the directory is.
  let directory: Range<UInt64>
  let entryCount: Int

  private static let byteCount = 22
  private static let locatorByteCount = 20
  private static let wideByteCount = 56
  private static let signature: [UInt8] = [0x50, 0x4B, 5, 6]

  /// Finds the records.
  ///
  /// - Throws: ``CheckpointError``, and what reading throws.
  init(_ file: ReadableBytes, limits: CheckpointLimits) throws {
    func refuse(
      _ code: CheckpointError.Code, _ offset: UInt64, _ found: String, _ expected: String
    ) -> CheckpointError {
      CheckpointError(code, file.path, at: offset, found: found, expected: expected)
    }
    let (offset, record) = try Self.find(file)
    let disks = (record.littleEndian(at: 4, count: 2), record.littleEndian(at: 6, count: 2))
    var counts = (record.littleEndian(at: 8, count: 2), record.littleEndian(at: 10, count: 2))
    var size = record.littleEndian(at: 12, count: 4)
    var start = record.littleEndian(at: 16, count: 4)
    var end = offset

    if let (place, wide) = try Self.wideRecord(file, before: offset) {
      // A number of the short record is that of the long one, or says that it stands there.
      func agrees(_ short: UInt64, _ long: UInt64, _ elsewhere: UInt64) -> Bool {
        short == elsewhere || short == long
      }
      let long = (wide.littleEndian(at: 24, count: 8), wide.littleEndian(at: 32, count: 8))
      let longDisks = (wide.littleEndian(at: 16, count: 4), wide.littleEndian(at: 20, count: 4))
      guard agrees(counts.0, long.0, 0xFFFF), agrees(counts.1, long.1, 0xFFFF),
        agrees(size, wide.littleEndian(at: 40, count: 8), 0xFFFF_FFFF),
        agrees(start, wide.littleEndian(at: 48, count: 8), 0xFFFF_FFFF),
        agrees(disks.0, longDisks.0, 0xFFFF), agrees(disks.1, longDisks.1, 0xFFFF), longDisks == (0, 0)
      else {
        throw refuse(.zipMismatch, place, "end records that differ", "the same numbers in both")
      }
      counts = long
      size = wide.littleEndian(at: 40, count: 8)
      start = wide.littleEndian(at: 48, count: 8)
      end = place
    } else {
      guard disks == (0, 0) else {
        throw refuse(.zipFeature, offset, "an archive of several disks", "one file")
      }
      guard counts.0 != 0xFFFF, size != 0xFFFF_FFFF, start != 0xFFFF_FFFF else {
        throw refuse(.zip, offset, "an end record that refers to a missing ZIP64 record", "the record")
      }
    }
    guard counts.0 == counts.1 else {
      throw refuse(.zipMismatch, offset, "two numbers of entries", "all entries on one disk")
    }
    guard let sum = Checked.sum(start, size), sum == end else {
      throw refuse(
        .zip, offset, "a directory of \(size.counted("byte")) at \(start)", "one that ends at byte \(end)")
    }
    guard size <= limits.archiveDirectoryByteCount, counts.0 <= limits.archiveEntryCount else {
      throw refuse(
        .limit, offset,
        "a directory of \(size.counted("byte")) and \(counts.0.counted("entry", plural: "entries"))",
        "at most \(limits.archiveDirectoryByteCount.counted("byte")) and \(limits.archiveEntryCount.counted("entry", plural: "entries"))"
      )
    }
    guard counts.0 <= size / UInt64(ZIPDirectoryParser.entryByteCount) else {
      throw refuse(
        .zip, offset, "\(counts.0.counted("entry", plural: "entries")) in \(size.counted("byte"))",
        "room for each")
    }
    directory = start..<sum
    entryCount = Int(counts.0)
  }

  /// The only end record whose comment ends where the file does.
  private static func find(_ file: ReadableBytes) throws -> (UInt64, [UInt8]) {
    let start = file.byteCount - min(file.byteCount, UInt64(byteCount + 0xFFFF))
    let tail = try file.bytes(in: start..<file.byteCount)
    var found: Int?
    for index in stride(from: tail.count - byteCount, through: 0, by: -1)
    where tail[index] == signature[0] && tail[index...].starts(with: signature) {
      let comment = Int(tail.dropFirst(index).littleEndian(at: 20, count: 2))
      guard index + byteCount + comment == tail.count else { continue }
      if let found {
        throw CheckpointError(
          .zip, file.path, at: start + UInt64(index),
          found: "another end record at byte \(start + UInt64(found))",
          expected: "one, and no comment that looks like one")
      }
      found = index
    }
    guard let found else {
      throw CheckpointError(
        .truncated, file.path, at: file.byteCount, found: "the end of the file",
        expected: "the end record of a ZIP archive")
    }
    return (start + UInt64(found), Array(tail[found..<found + byteCount]))
  }

  /// The ZIP64 record, where a locator stands right before the end record.
  private static func wideRecord(
    _ file: ReadableBytes, before end: UInt64
  ) throws -> (UInt64, [UInt8])? {
    guard end >= UInt64(locatorByteCount) else { return nil }
    let place = end - UInt64(locatorByteCount)
    let locator = try file.bytes(in: place..<end)
    guard locator.starts(with: [0x50, 0x4B, 6, 7]) else { return nil }
    func refuse(_ offset: UInt64, _ found: String, _ expected: String) -> CheckpointError {
      CheckpointError(.zip, file.path, at: offset, found: found, expected: expected)
    }
    guard locator.littleEndian(at: 4, count: 4) == 0, locator.littleEndian(at: 16, count: 4) <= 1 else {
      throw refuse(place, "a ZIP64 locator of several disks", "one file")
    }
    let start = locator.littleEndian(at: 8, count: 8)
    guard let sum = Checked.sum(start, UInt64(wideByteCount)), sum == place else {
      throw refuse(
        place, "a ZIP64 record at byte \(start)",
        "one of \(wideByteCount.counted("byte")) right before the locator")
    }
    let record = try file.bytes(in: start..<place)
    guard record.starts(with: [0x50, 0x4B, 6, 6]),
      record.littleEndian(at: 4, count: 8) == UInt64(wideByteCount - 12)
    else { throw refuse(start, "no ZIP64 record", "its signature and length") }
    return (start, record)
  }
}
