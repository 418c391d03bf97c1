import IngotTestSupport
import Synchronization
import SystemPackage
import Testing

@testable import IngotCheckpoints

/// Deflated members, read in pieces: clauses Z6.1, Z6.2 and A5.2.
struct EntryReaderTests {
  /// A stream of DEFLATE that stores its bytes in blocks.
  static func deflated(_ data: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    for start in stride(from: 0, to: data.count, by: 0xFFFF) {
      let piece = data[start..<min(start + 0xFFFF, data.count)]
      let length = UInt16(piece.count)
      result.append(start + piece.count == data.count ? 1 : 0)
      for number in [length, ~length] {
        result += [UInt8(truncatingIfNeeded: number), UInt8(truncatingIfNeeded: number >> 8)]
      }
      result += piece
    }
    return result
  }

  /// A member with these bytes, and how many bytes of the file were read.
  private final class Source: Sendable {
    let data: [UInt8]
    let stored: [UInt8]
    let readCount = Mutex(0)

    init(byteCount: Int) {
      var generator = SeededGenerator(seed: 3)
      data = (0..<byteCount).map { _ in UInt8.random(in: 0...255, using: &generator) }
      stored = EntryReaderTests.deflated(data)
    }

    func entry(checksum: UInt32? = nil, byteCount: Int? = nil) -> ZIPEntry {
      let checksum = checksum ?? data.withUnsafeBytes { ZIPChecksum.of($0) }
      return ZIPEntry(
        name: "a", method: .deflated, checksum: checksum, compressedByteCount: UInt64(stored.count),
        byteCount: UInt64(byteCount ?? data.count), flags: 0, headerOffset: 0,
        directoryOffset: 0)
    }

    func reader() -> EntryReader {
      EntryReader(
        ReadableBytes(path: "test", byteCount: UInt64(stored.count)) { [self] offset, buffer in
          readCount.withLock { $0 += buffer.count }
          buffer.copyBytes(from: stored[Int(offset)..<Int(offset) + buffer.count])
        })
    }
  }

  private static let source = Source(byteCount: 3_000_000)

  @Test func piecesThatOvertakeEachOtherAreNotQuadratic() throws {
    let source = Source(byteCount: 3_000_000)
    let (reader, entry) = (source.reader(), source.entry())
    let piece = 10_000
    // As four threads may ask for them.
    for start in [3, 1, 2, 0] {
      for index in stride(from: start, to: 300, by: 4) where index % 4 == start {
        let range = index * piece..<(index + 1) * piece
        var bytes = [UInt8](repeating: 0, count: piece)
        try bytes.withUnsafeMutableBytes { try reader.read(entry, at: UInt64(range.lowerBound), into: $0) }
        #expect(bytes == Array(source.data[range]))
      }
    }
    let four = source.readCount.withLock { $0 }
    #expect(four <= 5 * source.stored.count)
    source.readCount.withLock { $0 = 0 }
    for group in 0..<75 {
      for index in [2, 0, 3, 1] {
        let offset = UInt64((group * 4 + index) * piece)
        var bytes = [UInt8](repeating: 0, count: piece)
        try bytes.withUnsafeMutableBytes { try reader.read(entry, at: offset, into: $0) }
        #expect(bytes == Array(source.data[Int(offset)..<Int(offset) + piece]))
      }
    }
    #expect(source.readCount.withLock { $0 } <= 6 * source.stored.count)
  }

  @Test func manyThreadsReadTheSameMember() async throws {
    let source = Self.source
    let (reader, entry) = (source.reader(), source.entry())
    try await withThrowingTaskGroup(of: Void.self) { group in
      for index in 0..<60 {
        group.addTask {
          let offset = index * 50_000
          var bytes = [UInt8](repeating: 0, count: 50_000)
          try bytes.withUnsafeMutableBytes { try reader.read(entry, at: UInt64(offset), into: $0) }
          #expect(bytes == Array(source.data[offset..<offset + 50_000]))
        }
      }
      try await group.waitForAll()
    }
  }

  @Test func aDamagedMemberIsFoundAtItsLastByte() throws {
    let source = Self.source
    func read(_ entry: ZIPEntry, pieces: [Int]) throws {
      let reader = source.reader()
      var offset = 0
      for count in pieces {
        var bytes = [UInt8](repeating: 0, count: count)
        try bytes.withUnsafeMutableBytes { try reader.read(entry, at: UInt64(offset), into: $0) }
        offset += count
      }
    }
    let wrong = source.entry(checksum: 1)
    try read(wrong, pieces: [2_000_000, 999_999])
    let checksum = #expect(throws: CheckpointError.self) { try read(wrong, pieces: [2_000_000, 1_000_000]) }
    #expect(checksum?.code == .checksum && checksum?.subject == .member("a"))
    let bomb = #expect(throws: CheckpointError.self) {
      try read(source.entry(byteCount: 2_999_999), pieces: [2_999_999])
    }
    #expect(bomb?.code == .zipBomb)
    let short = #expect(throws: CheckpointError.self) {
      try read(source.entry(byteCount: 3_000_001), pieces: [3_000_001])
    }
    #expect(short?.code == .size && short?.offset == UInt64(source.stored.count))
  }
}
