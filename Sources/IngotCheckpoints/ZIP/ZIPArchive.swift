import IngotContainer
import IngotEncodings
import SystemPackage

/// The table of a ZIP archive, read from its central directory and checked against the headers of all members.
///
/// What is accepted is what every reader understands alike: members that tile the bytes before the directory, each
/// name once, no encryption, one disk, and no bytes that belong to nothing.
///
/// Specification: `spec/zip.md`.
struct ZIPArchive: Sendable {
  /// The members in the order of their bytes.
  let entries: [ZIPEntry]
  private let places: [ExactName: Int]

  /// The member of this name.
  subscript(name: String) -> ZIPEntry? { places[ExactName(name)].map { entries[$0] } }

  /// Reads the directory and the header of each member.
  ///
  /// - Throws: ``CheckpointError``, and what reading throws.
  /// - Complexity: O(*n* log *n*) in the number of members, with a read for each; memory grows with the directory.
  init(_ file: ReadableBytes, limits: CheckpointLimits) throws {
    let end = try ZIPDirectoryEnd(file, limits: limits)
    let directory = try file.bytes(in: end.directory)
    var parser = ZIPDirectoryParser(directory, at: end.directory.lowerBound, path: file.path)
    var entries: [ZIPEntry] = []
    for _ in 0..<end.entryCount { entries.append(try parser.next()) }
    try parser.finish()

    entries.sort { ($0.headerOffset, $0.directoryOffset) < ($1.headerOffset, $1.directoryOffset) }
    var position: UInt64 = 0
    for index in entries.indices {
      // An offset may lie anywhere; what is read must not.
      let next = Swift.min(
        index + 1 < entries.count ? entries[index + 1].headerOffset : .max, end.directory.lowerBound)
      let check = ZIPMemberCheck(file, entries[index], from: position, to: next)
      entries[index].dataOffset = try check.dataOffset()
      position = next
    }
    guard !entries.isEmpty || end.directory.lowerBound == 0 else {
      throw CheckpointError(
        CheckpointError.Code.coverage, file.path, at: 0,
        found: "bytes before the directory that belong to no member",
        expected: "members that tile them")
    }

    var places: [ExactName: Int] = [:]
    for (index, entry) in entries.enumerated() {
      if let first = places.updateValue(index, forKey: ExactName(entry.name)) {
        throw CheckpointError(
          .duplicate, file.path, at: Swift.max(entry.directoryOffset, entries[first].directoryOffset),
          .member(entry.name), found: "the name a second time", expected: "each name once")
      }
    }
    self.entries = entries
    self.places = places
  }
}

extension ZIPArchive: RandomAccessCollection {
  var startIndex: Int { 0 }
  var endIndex: Int { entries.count }
  subscript(index: Int) -> ZIPEntry { entries[index] }
  func index(of name: String) -> Int? { places[ExactName(name)] }
}
