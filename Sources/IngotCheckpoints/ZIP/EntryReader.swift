import IngotContainer
import IngotEncodings
import Synchronization

/// Reads ranges of the members of an archive, stored or deflated, in bounded memory and from any thread.
///
/// A deflated member can only be inflated from its beginning on, so places that were reached are kept: reading in order,
/// also by several threads that overtake each other, inflates each byte a few times at most. What is read at random
/// places starts again each time.
final class EntryReader: Sendable {
  /// The most places that are kept, for all members together; each takes some 45 KiB.
  private static let cursorCount = 16

  private let file: ReadableBytes
  /// The kept places, the least recently used first.
  private let cursors = Mutex<[InflateCursor]>([])

  init(_ file: ReadableBytes) { self.file = file }

  /// Fills `buffer` with the bytes of a member that begin at `offset`.
  ///
  /// - Throws: ``CheckpointError`` for a deflated member that is damaged, and what reading throws.
  /// - Precondition: The range is within the member.
  func read(_ entry: ZIPEntry, at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer) throws {
    precondition(offset <= entry.byteCount && UInt64(buffer.count) <= entry.byteCount - offset)
    if buffer.isEmpty, entry.byteCount > 0 { return }
    switch entry.method {
    case .stored: try file.read(entry.dataOffset + offset, buffer)
    case .deflated:
      let cursor = try takeCursor(entry, before: offset) ?? InflateCursor(entry, in: file)
      // Who was overtaken goes on from here.
      if cursor.position < offset, cursor.position > 0, let copy = cursor.copy() { keep(copy) }
      try cursor.advance(to: offset)
      try cursor.read(into: buffer)
      if cursor.position < entry.byteCount { keep(cursor) }
    }
  }

  /// All bytes of a member, whose CRC-32 is checked.
  ///
  /// - Throws: ``CheckpointError`` also where it has more than `limit` bytes.
  func bytes(of entry: ZIPEntry, limit: UInt64) throws -> [UInt8] {
    try checkSize(of: entry, limit: limit)
    var bytes = [UInt8](repeating: 0, count: Int(entry.byteCount))
    try bytes.withUnsafeMutableBytes { try read(entry, at: 0, into: $0) }
    if entry.method == .stored {
      let checksum = bytes.withUnsafeBytes { ZIPChecksum.of($0) }
      guard checksum == entry.checksum else { throw CheckpointError(checksum: checksum, of: entry, file) }
    }
    return bytes
  }

  private func checkSize(of entry: ZIPEntry, limit: UInt64) throws(CheckpointError) {
    guard entry.byteCount <= limit else {
      throw CheckpointError(
        .limit, file.path, at: entry.directoryOffset, .member(entry.name),
        found: entry.byteCount.counted("byte"),
        expected: "at most \(limit)")
    }
  }

  /// Reads a member from end to end, and checks its CRC-32.
  ///
  /// - Throws: ``CheckpointError`` also where it has more than `limit` bytes.
  /// - Complexity: O(*n*) in its size, in 64 KiB of memory.
  func check(_ entry: ZIPEntry, limit: UInt64 = .max) throws {
    try checkSize(of: entry, limit: limit)
    let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 8)
    defer { room.deallocate() }
    var checksum: UInt32 = 0
    var position: UInt64 = 0
    repeat {
      let count = Int(min(entry.byteCount - position, UInt64(room.count)))
      let piece = UnsafeMutableRawBufferPointer(rebasing: room[..<count])
      try read(entry, at: position, into: piece)
      checksum = ZIPChecksum.of(UnsafeRawBufferPointer(piece), after: checksum)
      position += UInt64(count)
    } while position < entry.byteCount
    guard checksum == entry.checksum else { throw CheckpointError(checksum: checksum, of: entry, file) }
  }

  /// The kept place of a member that is nearest before an offset, taken out.
  private func takeCursor(_ entry: ZIPEntry, before offset: UInt64) -> InflateCursor? {
    cursors.withLock { cursors in
      let places = cursors.indices.filter {
        cursors[$0].entry.headerOffset == entry.headerOffset && cursors[$0].position <= offset
      }
      return places.max { cursors[$0].position < cursors[$1].position }.map { cursors.remove(at: $0) }
    }
  }

  private func keep(_ cursor: InflateCursor) {
    cursors.withLock { cursors in
      if cursors.count >= Self.cursorCount { cursors.removeFirst() }
      cursors.append(cursor)
    }
  }
}
