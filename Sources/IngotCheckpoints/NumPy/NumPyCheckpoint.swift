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
  public var warnings: [CheckpointWarning] { contents.warnings }
  /// The file.
  public let sourceFiles: [RegularFile]
  /// In a survey the arrays of an archive whose elements cannot be stored, each an error; empty else, for then the first is thrown.
  package var refusals: [CheckpointError] { contents.refusals }
  private let contents: NumPyContents
  private let tiles = TileCache(.transposed)

  /// The tensors in the order of their bytes.
  public var tensors: CheckpointTensors { contents.table }

  /// The tensor of this name, compared byte by byte, or `nil` if there is none.
  public func tensor(named name: String) -> CheckpointTensor? { contents.table[name] }

  /// Opens an array or an archive of arrays.
  ///
  /// An array is called by the name of its file, those of an archive by their members' without `.npy`.
  ///
  /// - Throws: ``CheckpointError``, `FileError`.
  public init(opening path: FilePath, limits: CheckpointLimits = .default) throws {
    try self.init(RegularFile(opening: path), limits: limits)
  }

  init(_ file: RegularFile, limits: CheckpointLimits) throws {
    self.init(file, try NumPyContents(ReadableBytes(file), limits: limits))
  }

  /// Opens an archive of arrays whose directory has been read.
  ///
  /// - Parameter isSurvey: Whether arrays whose elements cannot be stored are listed, where opening would refuse the file.
  init(_ file: RegularFile, _ archive: ZIPArchive, limits: CheckpointLimits, isSurvey: Bool = false) throws {
    self.init(file, try NumPyContents(ReadableBytes(file), archive, limits: limits, isSurvey: isSurvey))
  }

  private init(_ file: RegularFile, _ contents: NumPyContents) {
    name = CheckpointName.of(file.path)
    sourceFiles = [file]
    self.contents = contents
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
    precondition(tensor.view != nil, "not a tensor of this checkpoint")
    try contents.storage(of: tensor).read(tensor, bytes: range, into: buffer, tiles: tiles)
  }
}
