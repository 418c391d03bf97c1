import IngotContainer
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
  let table: TensorTable
  /// The texts of `__metadata__`.
  let metadata: Metadata
  let warnings: [CheckpointWarning]

  /// The bytes of the field that holds the length of the header.
  private static let lengthByteCount: UInt64 = 8

  /// Reads and checks the header of `file`, through a small window.
  ///
  /// - Parameters:
  ///   - file: The whole file.
  ///   - index: Its index among the checkpoint's files.
  ///   - limits: What is accepted.
  /// - Throws: ``CheckpointError``, and `FileError` from reading.
  /// - Complexity: O(*n* log *n*) in the number of tensors; O(*n*) if they are in order. Memory grows with the number of
  ///   tensors and the length of their names and shapes.
  init(of file: RegularFile, index: Int, limits: CheckpointLimits) throws {
    try self.init(
      of: Source(path: file.path, byteCount: file.byteCount) { try file.read(into: $1, at: $0) },
      index: index, limits: limits)
  }

  init(of file: Source, index: Int, limits: CheckpointLimits) throws {
    let dataOffset = try Self.dataOffset(of: file, limits: limits)
    let window = ByteWindow(Self.lengthByteCount..<dataOffset, read: file.read)
    var parser = SafeTensorsHeaderParser(window, path: file.path, limits: limits)
    try parser.parse()

    var table = parser.table
    table.sortByLocation()
    try Self.checkCoverage(of: file, dataOffset: dataOffset, by: table.tensors)
    table.updateLocations { location in
      location.file = index
      location.offset += dataOffset
    }
    self.table = table
    metadata = parser.metadata
    warnings = parser.warnings
  }

  /// Where the data begins: clause S1.
  private static func dataOffset(of file: Source, limits: CheckpointLimits) throws -> UInt64 {
    guard file.byteCount >= lengthByteCount else {
      throw CheckpointError(
        .truncated, file.path, at: 0, found: "a file of \(file.byteCount) bytes",
        expected: "\(lengthByteCount) bytes for the length of the header")
    }
    var length: UInt64 = 0
    try withUnsafeMutableBytes(of: &length) { try file.read(0, $0) }
    length = UInt64(littleEndian: length)
    guard length <= file.byteCount - lengthByteCount else {
      throw CheckpointError(
        .truncated, file.path, at: 0, found: "a header of \(length) bytes in a file of \(file.byteCount)",
        expected: "a header within the file")
    }
    guard length <= limits.headerByteCount else {
      throw CheckpointError(
        .limit, file.path, at: 0, found: "a header of \(length) bytes",
        expected: "at most \(limits.headerByteCount)")
    }
    return lengthByteCount + length
  }

  /// Checks that the tensors tile the data, from its first byte to the file's last: clause S6.
  ///
  /// - Parameter tensors: The tensors by offset, which counts from the start of the data.
  private static func checkCoverage(
    of file: Source, dataOffset: UInt64, by tensors: [CheckpointTensor]
  ) throws(CheckpointError) {
    let dataByteCount = file.byteCount - dataOffset
    var covered: UInt64 = 0
    for tensor in tensors {
      let (begin, subject) = (tensor.location.offset, CheckpointError.Subject.tensor(tensor.name))
      guard begin >= covered else {
        throw CheckpointError(
          .coverage, file.path, at: dataOffset + begin, subject,
          found: "data that begins at \(begin), within another tensor's, which ends at \(covered)",
          expected: "tensors that do not overlap")
      }
      guard begin <= dataByteCount, UInt64(tensor.byteCount) <= dataByteCount - begin else {
        throw CheckpointError(
          .truncated, file.path, at: file.byteCount, subject,
          found: "\(dataByteCount) bytes of data",
          expected: "the \(tensor.byteCount) bytes from \(begin) on")
      }
      guard begin == covered else {
        throw CheckpointError(
          .coverage, file.path, at: dataOffset + covered, subject,
          found: "a hole of \(begin - covered) bytes before the data", expected: "tensors without holes")
      }
      covered = begin + UInt64(tensor.byteCount)
    }
    guard covered == dataByteCount else {
      throw CheckpointError(
        .coverage, file.path, at: dataOffset + covered,
        found: "\(dataByteCount - covered) bytes after the last tensor", expected: "the end of the file")
    }
  }
}
