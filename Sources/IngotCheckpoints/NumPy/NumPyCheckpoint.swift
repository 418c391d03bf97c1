import IngotContainer
import IngotFiles
import SystemPackage

/// An array of NumPy (`.npy`), or an archive of several (`.npz`), as a checkpoint.
///
/// Opening reads the headers. Members that are deflated are inflated as they are read, in bounded memory.
///
/// Specification: `spec/numpy.md`.
public struct NumPyCheckpoint: Checkpoint, SurveyedCheckpoint {
  /// ``CheckpointFormat/numpy``.
  public let format = CheckpointFormat.numpy
  /// The name of the file without its ending.
  public let name: String
  /// None.
  public var metadata: Metadata { Metadata() }
  /// The members of an archive that are no arrays.
  public let warnings: [CheckpointWarning]
  /// The file.
  public let sourceFiles: [RegularFile]
  /// In a survey the arrays of an archive whose elements cannot be stored, each an error; empty else, for then the first is thrown.
  package let refusals: [CheckpointError]
  private let storages: [StorageBytes]
  private let tiles = TileCache(.transposed)
  private let table: CheckpointTensors

  /// The tensors in the order of their bytes.
  public var tensors: CheckpointTensors { table }

  /// The tensor of this name, compared byte by byte, or `nil` if there is none.
  public func tensor(named name: String) -> CheckpointTensor? { table[name] }

  /// Opens an array or an archive of arrays.
  ///
  /// An array is called by the name of its file, those of an archive by their members' without `.npy`.
  ///
  /// - Throws: ``CheckpointError``, `FileError`.
  public init(opening path: FilePath, limits: CheckpointLimits = .default) throws {
    try self.init(RegularFile(opening: path), limits: limits)
  }

  /// - Parameter isSurvey: Whether arrays whose elements cannot be stored are listed, where opening would refuse the file.
  init(_ file: RegularFile, limits: CheckpointLimits, isSurvey: Bool = false) throws {
    let contents = try NumPyContents(ReadableBytes(file), limits: limits, isSurvey: isSurvey)
    name = CheckpointName.of(file.path)
    sourceFiles = [file]
    table = contents.table
    storages = contents.storages
    warnings = contents.warnings
    refusals = contents.refusals
  }

  /// Fills `buffer` with a range of a tensor's bytes in row-major order, little-endian.
  ///
  /// - Parameters:
  ///   - tensor: A tensor of this checkpoint.
  ///   - range: Which of its bytes.
  ///   - buffer: Receives them; as long as the range.
  /// - Throws: `FileError`; ``CheckpointError`` for a damaged deflated member.
  /// - Precondition: `range` is within `0..<tensor.byteCount`, and `buffer` is as long.
  /// - Complexity: O(*n*) in the length of the range; of a deflated member, where the range does not follow one that was
  ///   read before, also in what stands before it. Arrays in Fortran order are gathered.
  public func read(
    _ tensor: CheckpointTensor, bytes range: Range<Int>, into buffer: UnsafeMutableRawBufferPointer
  ) throws {
    guard let view = tensor.view else { preconditionFailure("not a tensor of this checkpoint") }
    try storages[view.storage].read(tensor, bytes: range, into: buffer, tiles: tiles)
  }
}

/// The arrays of a file, and where their bytes are.
struct NumPyContents: Sendable {
  private(set) var table = CheckpointTensors()
  private(set) var storages: [StorageBytes] = []
  private(set) var warnings: [CheckpointWarning] = []
  private(set) var refusals: [CheckpointError] = []

  /// The ending of a member that is an array.
  private static let ending = ".npy"
  /// The most warnings that are kept.
  private static let warningCount = 100

  /// Reads the headers.
  ///
  /// - Throws: ``CheckpointError``, and what reading throws.
  init(_ file: ReadableBytes, limits: CheckpointLimits, isSurvey: Bool = false) throws {
    if try file.bytes(in: 0..<min(2, file.byteCount)) == Array("PK".utf8) {
      try add(ZIPArchive(file, limits: limits), file, limits: limits, isSurvey: isSurvey)
    } else {
      try addArray(file, limits: limits)
    }
  }

  /// Whether an archive holds arrays.
  static func isOne(_ archive: ZIPArchive) -> Bool { archive.entries.contains { tensorName($0) != nil } }

  /// What the array in a member is called; `nil` of a member that is none.
  private static func tensorName(_ entry: ZIPEntry) -> String? {
    // Of bytes: the point may be one character with what stands before it.
    let name = entry.name.utf8
    guard name.count > ending.utf8.count, name.suffix(ending.utf8.count).elementsEqual(ending.utf8) else {
      return nil
    }
    return String(decoding: name.dropLast(ending.utf8.count), as: UTF8.self)
  }

  private mutating func addArray(_ file: ReadableBytes, limits: CheckpointLimits) throws {
    do {
      let array = try NPYArray(byteCount: file.byteCount, limits: limits) {
        try file.bytes(in: 0..<UInt64($0))
      }
      storages.append(.file(file, offset: array.dataOffset))
      _ = table.append(
        array.tensor(CheckpointName.of(file.path), storage: 0, start: 0, location: array.dataOffset))
    } catch let error as NPYError {
      throw CheckpointError(
        error.code, file.path, at: UInt64(error.offset), found: error.found, expected: error.expected)
    }
  }

  /// Reads the headers of an archive's members.
  private mutating func add(
    _ archive: ZIPArchive, _ file: ReadableBytes, limits: CheckpointLimits, isSurvey: Bool
  ) throws {
    let reader = EntryReader(file)
    for entry in archive.entries where !entry.isFolder {
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
        try add(entry, called: name, reader, file, limits: limits)
      } catch let error as CheckpointError where isSurvey && error.code == .elementType {
        refusals.append(error)
      }
    }
    table.sortByLocation()
  }

  private mutating func add(
    _ entry: ZIPEntry, called name: String, _ reader: EntryReader, _ file: ReadableBytes,
    limits: CheckpointLimits
  ) throws {
    do {
      let array = try NPYArray(byteCount: entry.byteCount, limits: limits) { count in
        var bytes = [UInt8](repeating: 0, count: count)
        try bytes.withUnsafeMutableBytes { try reader.read(entry, at: 0, into: $0) }
        return bytes
      }
      let isStored = entry.method == .stored
      let tensor = array.tensor(
        name, storage: storages.count, start: 0,
        location: entry.dataOffset + (isStored ? array.dataOffset : 0))
      storages.append(
        isStored
          ? .file(file, offset: entry.dataOffset + array.dataOffset)
          : .member(reader, entry, offset: array.dataOffset))
      // No member has the name of another.
      _ = table.append(tensor)
    } catch let error as NPYError {
      let isStored = entry.method == .stored
      throw CheckpointError(
        error.code, file.path, at: entry.dataOffset + (isStored ? UInt64(error.offset) : 0),
        .member(entry.name),
        found: error.found + (isStored ? "" : " at byte \(error.offset) of the inflated array"),
        expected: error.expected)
    }
  }
}
