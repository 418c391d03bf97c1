import IngotContainer
import IngotEncodings
import SystemPackage

/// The table of a ZIP archive, read from its central directory and checked against the headers of all members.
///
/// What is accepted is what every reader understands alike: members that tile the bytes before the directory, each
/// name once, no encryption, one disk, and no bytes that belong to nothing.
///
/// It is compact: a member takes its name and some 60 bytes, and a ``ZIPEntry`` is made when it is asked for.
///
/// Specification: `spec/zip.md`.
struct ZIPArchive: Sendable {
  /// Where the central directory begins.
  let directoryOffset: UInt64
  /// The members in the order of their bytes.
  private(set) var members: [ZIPMember] = []
  private var names = NameTable()

  /// Reads the directory and the header of each member.
  ///
  /// - Throws: ``CheckpointError``, and what reading throws.
  /// - Complexity: O(*n* log *n*) in the number of members, with a read for each.
  init(_ file: ReadableBytes, limits: CheckpointLimits) throws {
    let end = try ZIPDirectoryEnd(file, limits: limits)
    directoryOffset = end.directory.lowerBound
    members.reserveCapacity(end.entryCount)
    names.reserveCapacity(end.entryCount)
    var parser = ZIPDirectoryParser(file, end.directory)
    var isEachNameNew = true
    for _ in 0..<end.entryCount {
      let entry = try parser.next()
      members.append(ZIPMember(entry, inDirectoryAt: directoryOffset))
      if !names.append(entry.name) { isEachNameNew = false }
    }
    try parser.finish()
    sortByHeaders()
    try placeData(file)
    if !isEachNameNew { try checkNames(file) }
  }

  /// The place of the member of this name.
  func index(of name: String) -> Int? { names.index(of: name) }

  /// The member of this name.
  subscript(name: String) -> ZIPEntry? { index(of: name).map { self[$0] } }

  /// Puts the members in the order of their headers, in which most archives have them.
  private mutating func sortByHeaders() {
    if zip(members, members.dropFirst()).allSatisfy({ $0.headerOffset <= $1.headerOffset }) { return }
    let order = members.indices.sorted {
      (members[$0].headerOffset, $0) < (members[$1].headerOffset, $1)
    }
    members = order.map { members[$0] }
    var sorted = NameTable()
    sorted.reserveCapacity(count)
    for index in order { sorted.append(names[index]) }
    names = sorted
  }

  /// Checks that the members tile the bytes before the directory, and finds where the data of each begins.
  private mutating func placeData(_ file: ReadableBytes) throws {
    var position: UInt64 = 0
    for index in members.indices {
      // An offset may lie anywhere; what is read must not.
      let next = Swift.min(index + 1 < count ? members[index + 1].headerOffset : .max, directoryOffset)
      let check = ZIPMemberCheck(file, self[index], from: position, to: next)
      members[index].dataOffset = try check.dataOffset()
      position = next
    }
    guard !members.isEmpty || directoryOffset == 0 else {
      throw CheckpointError(
        CheckpointError.Code.coverage, file.path, at: 0,
        found: "bytes before the directory that belong to no member",
        expected: "members that tile them")
    }
  }

  /// Finds the first member with the name of one before it.
  private func checkNames(_ file: ReadableBytes) throws {
    var known = NameTable()
    for entry in self {
      if let first = known.index(of: entry.name) {
        throw CheckpointError(
          .duplicate, file.path, at: Swift.max(entry.directoryOffset, self[first].directoryOffset),
          .member(entry.name), found: "the name a second time", expected: "each name once")
      }
      known.append(entry.name)
    }
  }
}

extension ZIPArchive: RandomAccessCollection {
  var startIndex: Int { 0 }
  var endIndex: Int { members.count }

  /// The member at a place, in the order of their bytes.
  ///
  /// - Complexity: O(*n*) in the bytes of the name.
  subscript(position: Int) -> ZIPEntry {
    members[position].entry(named: names[position], inDirectoryAt: directoryOffset)
  }
}
