import IngotContainer
import IngotEncodings
import SystemPackage

/// A checkpoint whose tensors are second moments: for a tensor of a model, what its columns were multiplied with when
/// the model was run on some text, as the means of all products of two.
///
/// Opening it reads the header; a matrix is read and factored when it is asked for. Any thread may ask.
///
/// Specification: `spec/encodings.md`, clause E40.2.
public struct SecondMomentFile: Sendable {
  private let checkpoint: any Checkpoint
  private let limits: CheckpointLimits

  /// The tensors, by the names of those that they are moments for.
  public var entries: CheckpointTensors { checkpoint.tensors }

  /// The file or folder that was opened, for messages.
  public let path: FilePath

  /// Opens a safetensors file, or a set of them.
  ///
  /// - Throws: as ``Checkpoints/open(_:choosing:limits:)``; ``CheckpointError/Code/magic`` for a checkpoint of another format.
  public init(opening path: FilePath, limits: CheckpointLimits = .default) throws {
    checkpoint = try Checkpoints.open(path, limits: limits)
    self.path = path
    self.limits = limits
    guard checkpoint.format == .safetensors else {
      throw CheckpointError(
        .magic, path, at: 0, found: "a \(checkpoint.format) file", expected: "second moments, as safetensors")
    }
  }

  /// The matrix, or matrices, for the tensor of this name, compared byte by byte.
  ///
  /// - Complexity: O(1).
  public subscript(name: String) -> CheckpointTensor? { checkpoint.tensor(named: name) }

  /// Checks that an entry is what a tensor needs: a square matrix for its columns, or one for each expert.
  ///
  /// - Parameters:
  ///   - entry: An entry of this file.
  ///   - columns: The columns of the tensor.
  ///   - experts: The product of its dimensions beyond the second.
  /// - Throws: ``CheckpointError``, with ``CheckpointError/Code/size``, ``CheckpointError/Code/elementType``, or
  ///   ``CheckpointError/Code/limit`` for more columns than ``CheckpointLimits/secondMomentColumnCount``.
  public func check(_ entry: CheckpointTensor, columns: Int, experts: Int) throws(CheckpointError) {
    guard [.float16, .bfloat16, .float32, .float64].contains(entry.type) else {
      throw error(.elementType, entry, found: entry.type.name, expected: "F64, F32, F16 or BF16")
    }
    guard entry.shape == [columns, columns] || entry.shape == [experts, columns, columns] else {
      let each = experts > 1 ? " or [\(experts), \(columns), \(columns)]" : ""
      throw error(
        .size, entry, found: "the shape \(entry.shape)",
        expected: "[\(columns), \(columns)]\(each), the columns of the tensor")
    }
    guard columns <= limits.secondMomentColumnCount else {
      throw error(
        .limit, entry, found: columns.counted("column"),
        expected: "at most \(limits.secondMomentColumnCount)")
    }
  }

  /// Reads and factors the matrix of an expert, or the one that all share.
  ///
  /// - Throws: ``CheckpointError`` with ``CheckpointError/Code/value`` for numbers that are no second moments, at the
  ///   first of them; `FileError`.
  /// - Precondition: ``check(_:columns:experts:)`` accepts the entry, and it has the expert.
  /// - Complexity: O(*n*³) in the number of columns *n*; 8*n*² bytes, which the result holds.
  public func read(_ entry: CheckpointTensor, expert: Int) throws -> SecondMoments {
    let columns = entry.shape[entry.shape.count - 1]
    let matrix = entry.shape.count == 3 ? expert : 0
    let width = entry.byteCount / max(entry.elementCount, 1)
    var values = [Double](repeating: 0, count: columns * columns)
    let row = UnsafeMutableRawBufferPointer.allocate(byteCount: columns * width, alignment: 8)
    defer { row.deallocate() }
    var singles = [Float](repeating: 0, count: entry.type == .float64 ? 0 : columns)
    for index in 0..<columns {
      let start = (matrix * columns + index) * columns * width
      try checkpoint.read(entry, bytes: start..<(start + row.count), into: row)
      if entry.type == .float64 {
        for column in 0..<columns {
          let bits = row.loadUnaligned(fromByteOffset: 8 * column, as: UInt64.self)
          values[index * columns + column] = Double(bitPattern: bits)
        }
      } else {
        var span = singles.mutableSpan
        try entry.type.decode(row.bytes, into: &span)
        for column in 0..<columns { values[index * columns + column] = Double(singles[column]) }
      }
    }
    do throws(SecondMomentsError) {
      return try SecondMoments(values, columnCount: columns)
    } catch {
      let element = (matrix * columns + error.row) * columns + error.column
      throw self.error(
        .value, entry, at: UInt64(element * width), found: "second moments of which \(error)",
        expected: "those of real inputs")
    }
  }

  private func error(
    _ code: CheckpointError.Code, _ entry: CheckpointTensor, at place: UInt64 = 0, found: String,
    expected: String
  ) -> CheckpointError {
    CheckpointError(
      code, checkpoint.sourceFiles[entry.location.file].path, at: entry.location.offset + place,
      .tensor(entry.name), found: found, expected: expected)
  }
}
