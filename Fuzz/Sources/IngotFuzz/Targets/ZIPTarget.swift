import IngotContainer

@testable import IngotCheckpoints

/// Archives, and what PyTorch and NumPy put into them.
enum ZIPTarget: FuzzTarget {
  static let name = "zip"

  static func mutated(_ bytes: [UInt8], limit: Int, using random: inout Random) -> [UInt8] {
    ArchiveMutator.mutated(bytes, limit: limit, using: &random)
  }

  static func run(_ bytes: UnsafeRawBufferPointer) {
    let input = Array(bytes)
    let choice = bytes.fingerprint
    let limits = CheckpointSource.limits(by: choice)
    let file = CheckpointSource.bytes(input)
    CheckpointSource.refusing(input) {
      let archive = try ZIPArchive(file, limits: limits)
      checkTiling(archive, byteCount: UInt64(input.count))
      let reader = EntryReader(file)
      for entry in archive.prefix(8) where entry.byteCount <= 1 << 18 {
        CheckpointSource.refusing(input) { try checkReads(entry, reader, choice: choice) }
      }
      if NumPyContents.isOne(archive) {
        let contents = try NumPyContents(file, archive, limits: limits)
        try CheckpointSource.check(contents.table, choice: choice) { contents.storage(of: $0) }
      }
      let contents = try PyTorchContents(file, limits: limits, isSurvey: choice & 0x80 == 0)
      let table = try PyTorchTensors(contents: contents, file: 0, firstStorage: 0).table(
        choosing: .onlyOrAll)
      try CheckpointSource.check(table, contents.places, choice: choice)
    }
  }

  /// Clause Z4: members follow each other, and each is within the file.
  private static func checkTiling(_ archive: ZIPArchive, byteCount: UInt64) {
    var end: UInt64 = 0
    for entry in archive {
      claim(entry.headerOffset >= end && entry.dataOffset > entry.headerOffset, "members that overlap")
      end = entry.dataEnd
      claim(end <= byteCount, "data beyond the file")
      claim(archive[entry.name]?.headerOffset == entry.headerOffset, "a member that is not found")
      let parts = entry.name.split(separator: "/", omittingEmptySubsequences: false)
      claim(parts.first?.isEmpty == false && !parts.contains(".."), "the name \(entry.name)")
    }
  }

  /// What is read in pieces, forwards and backwards, is what is read whole.
  private static func checkReads(_ entry: ZIPEntry, _ reader: EntryReader, choice: UInt64) throws {
    let whole = try reader.bytes(of: entry, limit: 1 << 18)
    let size = max(1, whole.count / 7 + Int(choice >> 50 & 15))
    let starts = stride(from: 0, to: whole.count, by: size)
    for start in choice & 1 == 0 ? Array(starts) : Array(starts).reversed() {
      var piece = [UInt8](repeating: 0, count: min(size, whole.count - start))
      try piece.withUnsafeMutableBytes { try reader.read(entry, at: UInt64(start), into: $0) }
      claim(whole[start..<start + piece.count].elementsEqual(piece), "a piece that is not the member")
    }
  }
}
