import IngotContainer

/// The arrays of a file, and where their bytes are.
///
/// Of an archive only the members are kept, without their names, and only where arrays are deflated: what is stored as it is, is
/// found by the location of its tensor.
struct NumPyContents: Sendable {
  private(set) var table = CheckpointTensors()
  private(set) var warnings: [CheckpointWarning] = []
  private(set) var refusals: [CheckpointError] = []
  private let file: ReadableBytes
  private let reader: EntryReader
  /// The members of the archive, in the order of their bytes, if any is an array that is deflated.
  private var members: [ZIPMember] = []
  private var directoryOffset: UInt64 = 0

  /// The ending of a member that is an array.
  private static let ending = ".npy"
  /// The most warnings that are kept.
  private static let warningCount = 100

  /// Reads the headers of a file of either kind.
  ///
  /// - Throws: ``CheckpointError``, and what reading throws.
  init(_ file: ReadableBytes, limits: CheckpointLimits) throws {
    if try file.bytes(in: 0..<min(2, file.byteCount)) == Array("PK".utf8) {
      try self.init(file, ZIPArchive(file, limits: limits), limits: limits)
    } else {
      self.init(file)
      try addArray(limits: limits)
    }
  }

  /// Reads the headers of an archive's members.
  ///
  /// - Parameter isSurvey: Whether arrays whose elements cannot be stored are passed over and told.
  /// - Throws: ``CheckpointError``, and what reading throws.
  init(_ file: ReadableBytes, _ archive: ZIPArchive, limits: CheckpointLimits, isSurvey: Bool = false) throws
  {
    self.init(file)
    try add(archive, limits: limits, isSurvey: isSurvey)
  }

  private init(_ file: ReadableBytes) {
    self.file = file
    reader = EntryReader(file)
  }

  /// Where the bytes of an array are.
  ///
  /// - Parameter tensor: A tensor of the table.
  func storage(of tensor: CheckpointTensor) -> StorageBytes {
    let offset = tensor.location.offset
    // A stored array begins after its header, so that no member's data begins where it does.
    guard let place = members.sortedIndex(of: offset, by: \.dataOffset) else {
      return .file(file, offset: offset)
    }
    let entry = members[place].entry(named: tensor.name + Self.ending, inDirectoryAt: directoryOffset)
    // The array ends with the member: clause A4.2.
    return .member(reader, entry, offset: entry.byteCount - UInt64(tensor.byteCount))
  }

  /// Whether an archive holds arrays.
  static func isOne(_ archive: ZIPArchive) -> Bool { archive.contains { tensorName($0) != nil } }

  /// What the array in a member is called; `nil` of a member that is none.
  private static func tensorName(_ entry: ZIPEntry) -> String? {
    // Of bytes: the point may be one character with what stands before it.
    let name = entry.name.utf8
    guard name.count > ending.utf8.count, name.suffix(ending.utf8.count).elementsEqual(ending.utf8) else {
      return nil
    }
    return String(decoding: name.dropLast(ending.utf8.count), as: UTF8.self)
  }

  private mutating func addArray(limits: CheckpointLimits) throws {
    do {
      let array = try NPYArray(byteCount: file.byteCount, limits: limits) {
        try file.bytes(in: 0..<UInt64($0))
      }
      _ = table.append(
        array.tensor(CheckpointName.of(file.path), storage: 0, start: 0, location: array.dataOffset))
    } catch let error as NPYError {
      throw CheckpointError(
        error.code, file.path, at: UInt64(error.offset), found: error.found, expected: error.expected)
    }
  }

  private mutating func add(_ archive: ZIPArchive, limits: CheckpointLimits, isSurvey: Bool) throws {
    directoryOffset = archive.directoryOffset
    table.reserveCapacity(archive.count)
    for entry in archive where !entry.isFolder {
      guard let name = Self.tensorName(entry) else {
        if warnings.count < Self.warningCount {
          warnings.append(
            CheckpointWarning(
              code: .unknownMember, path: file.path, offset: entry.headerOffset, subject: .member(entry.name),
              found: "a member that is no array"))
        }
        continue
      }
      guard table.count + refusals.count < limits.tensorCount else {
        throw CheckpointError(
          .limit, file.path, at: entry.headerOffset, .member(entry.name), found: "another array",
          expected: "at most \(limits.tensorCount)")
      }
      do {
        try add(entry, called: name, limits: limits)
        if entry.method == .deflated, members.isEmpty { members = archive.members }
      } catch let error as CheckpointError where isSurvey && error.code == .elementType {
        refusals.append(error)
      }
    }
    table.sortByLocation()
  }

  private mutating func add(_ entry: ZIPEntry, called name: String, limits: CheckpointLimits) throws {
    let isStored = entry.method == .stored
    do {
      let array = try NPYArray(byteCount: entry.byteCount, limits: limits) { count in
        var bytes = [UInt8](repeating: 0, count: count)
        try bytes.withUnsafeMutableBytes { try reader.read(entry, at: 0, into: $0) }
        return bytes
      }
      // No member has the name of another, and each array has a storage of its own.
      _ = table.append(
        array.tensor(
          name, storage: table.count, start: 0,
          location: entry.dataOffset + (isStored ? array.dataOffset : 0)))
    } catch let error as NPYError {
      throw CheckpointError(
        error.code, file.path, at: entry.dataOffset + (isStored ? UInt64(error.offset) : 0),
        .member(entry.name),
        found: error.found + (isStored ? "" : " at byte \(error.offset) of the inflated array"),
        expected: error.expected)
    }
  }
}
