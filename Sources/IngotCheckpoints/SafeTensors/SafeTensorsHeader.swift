import IngotContainer
import IngotEncodings
import IngotFiles
import SystemPackage

/// What stands before the data of one safetensors file, checked.
///
/// Specification: `spec/safetensors.md`, clauses S1 to S6.
struct SafeTensorsHeader: Sendable {
  /// The bytes of a file, wherever they are.
  struct Source {
    let path: FilePath
    let byteCount: UInt64
    let read: ByteWindow.Read
  }

  /// The tensors, by offset in the file.
  let table: CheckpointTensors
  /// The texts of `__metadata__`.
  let metadata: Metadata
  let warnings: [CheckpointWarning]
  /// The bytes before the data.
  let dataOffset: UInt64

  /// The bytes of the field that holds the length of the header.
  private static let lengthByteCount: UInt64 = 8

  /// Reads and checks the header of `file`, through a small window.
  ///
  /// - Parameters:
  ///   - file: The whole file.
  ///   - index: Its index among the checkpoint's files.
  ///   - limits: What is accepted.
  ///   - report: Takes the faults after which the walk can go on; without it the first fault is thrown. Tensors with
  ///     faults are not in the table then.
  /// - Throws: ``CheckpointError``, and `FileError` from reading.
  /// - Complexity: O(*n* log *n*) in the number of tensors; O(*n*) if they are in order. Memory grows with the number of
  ///   tensors and the length of their names and shapes.
  init(
    of file: RegularFile, index: Int, limits: CheckpointLimits,
    report: ((SafeTensorsFault) -> Void)? = nil
  ) throws {
    try self.init(
      of: Source(path: file.path, byteCount: file.byteCount) { try file.read(into: $1, at: $0) },
      index: index, limits: limits, report: report)
  }

  init(
    of file: Source, index: Int, limits: CheckpointLimits, report: ((SafeTensorsFault) -> Void)? = nil
  ) throws {
    dataOffset = try Self.dataOffset(of: file, limits: limits)
    let window = ByteWindow(Self.lengthByteCount..<dataOffset, read: file.read)
    var parser = SafeTensorsHeaderParser(window, path: file.path, limits: limits, report: report)
    try parser.parse()

    var table = parser.table
    table.sortByLocation()
    let coverage = SafeTensorsCoverage(of: file, dataOffset: dataOffset, report: report)
    if report == nil {
      try coverage.check(table.lazy.map(TensorExtent.init))
    } else if parser.areExtentsKnown {
      try coverage.check(parser.extents.sorted { ($0.begin, $0.end) < ($1.begin, $1.end) })
    }
    table.updateLocations { [dataOffset] location in
      location.file = index
      // An entry that is out of bounds, and was reported, may begin anywhere.
      location.offset = Checked.sum(location.offset, dataOffset) ?? .max
    }
    self.table = table
    metadata = parser.metadata
    warnings = parser.warnings
  }

  /// Where the data begins: clause S1.
  private static func dataOffset(of file: Source, limits: CheckpointLimits) throws -> UInt64 {
    guard file.byteCount >= lengthByteCount else {
      throw CheckpointError(
        .frame, file.path, at: 0, found: "a file of \(file.byteCount.counted("byte"))",
        expected: "\(lengthByteCount.counted("byte")) for the length of the header")
    }
    var length: UInt64 = 0
    try withUnsafeMutableBytes(of: &length) { try file.read(0, $0) }
    length = UInt64(littleEndian: length)
    guard length <= file.byteCount - lengthByteCount else {
      throw CheckpointError(
        .frame, file.path, at: 0,
        found: "a header of \(length.counted("byte")) in a file of \(file.byteCount)",
        expected: "a header within the file")
    }
    guard length <= limits.headerByteCount else {
      throw CheckpointError(
        .headerSize, file.path, at: 0, found: "a header of \(length.counted("byte"))",
        expected: "at most \(limits.headerByteCount)")
    }
    return lengthByteCount + length
  }
}
