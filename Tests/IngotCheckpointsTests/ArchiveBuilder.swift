@testable import IngotCheckpoints

/// The bytes of an archive, put together by hand.
struct ArchiveBuilder {
  struct Member {
    let name: String
    let bytes: [UInt8]
    var isDeflated = false
  }

  private(set) var bytes: [UInt8] = []
  /// Where the entries of the directory begin, in their order.
  private(set) var entryOffsets: [Int] = []

  /// - Parameter order: The members in the order of the directory, by their places; `nil` where it is that of their bytes.
  init(_ members: [Member], inDirectory order: [Int]? = nil) {
    var entries: [[UInt8]] = []
    for member in members {
      let stored = member.isDeflated ? EntryReaderTests.deflated(member.bytes) : member.bytes
      let fields =
        Self.number(0, 2) + Self.number(member.isDeflated ? 8 : 0, 2) + Self.number(0x0021_0000, 4)
        + Self.number(Int(member.bytes.withUnsafeBytes { ZIPChecksum.of($0) }), 4)
        + Self.number(stored.count, 4) + Self.number(member.bytes.count, 4)
        + Self.number(member.name.utf8.count, 2) + Self.number(0, 2)
      let offset = bytes.count
      bytes += [0x50, 0x4B, 3, 4] + Self.number(20, 2) + fields + member.name.utf8 + stored
      entries.append(
        [0x50, 0x4B, 1, 2] + Self.number(20, 2) + Self.number(20, 2) + fields + Self.number(0, 10)
          + Self.number(offset, 4) + member.name.utf8)
    }
    let start = bytes.count
    for place in order ?? Array(members.indices) {
      entryOffsets.append(bytes.count)
      bytes += entries[place]
    }
    let size = bytes.count - start
    bytes += [0x50, 0x4B, 5, 6] + Self.number(0, 4) + Self.number(members.count, 2)
    bytes += Self.number(members.count, 2) + Self.number(size, 4) + Self.number(start, 4) + Self.number(0, 2)
  }

  /// Where the directory begins.
  var directoryOffset: Int { entryOffsets.first ?? bytes.count - 22 }

  private static func number(_ number: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { $0 < 8 ? UInt8(truncatingIfNeeded: number >> (8 * $0)) : 0 }
  }
}
