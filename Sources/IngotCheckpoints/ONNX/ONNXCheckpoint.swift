import IngotContainer
import IngotFiles
import SystemPackage

/// A model of ONNX: its initializers and constants, in the model's file or in files beside it.
///
/// Opening walks over the messages of the file and passes over the data, except for values that are variable-length numbers,
/// which are counted and checked. The data is read when it is asked for; such numbers are decoded on the way, from the nearest
/// 16,384th on. Memory does not grow with the tensors.
///
/// Specification: `spec/onnx.md`.
public struct ONNXCheckpoint: Checkpoint, SurveyedCheckpoint {
  /// ``CheckpointFormat/onnx``.
  public let format = CheckpointFormat.onnx
  /// The name of the file without its ending; of a `model.onnx`, the folder's.
  public let name: String
  /// The model, and the files beside it that hold values.
  public let sourceFiles: [RegularFile]
  /// Tensors that are not read, in a survey; otherwise none.
  package var refusals: [CheckpointError] { contents.refusals }
  private let contents: ONNXContents

  /// The tensors by file, then by offset.
  public var tensors: CheckpointTensors { contents.table }
  /// Who made the model, and its `metadata_props`, as strings.
  public var metadata: Metadata { contents.metadata }
  /// The tensors of texts, which are left out.
  public var warnings: [CheckpointWarning] { contents.warnings }

  /// The tensor of this name, compared byte by byte, or `nil` if there is none.
  public func tensor(named name: String) -> CheckpointTensor? { contents.table[name] }

  /// Opens a model.
  ///
  /// - Throws: ``CheckpointError``, with ``CheckpointError/Code/feature`` for a sparse tensor and
  ///   ``CheckpointError/Code/path`` for data out of the folder; `FileError`.
  /// - Complexity: O(*n* log *n*) in the messages, and O(*n*) in the bytes of variable-length numbers.
  public init(opening path: FilePath, limits: CheckpointLimits = .default) throws {
    try self.init(RegularFile(opening: path), limits: limits)
  }

  init(_ file: RegularFile, limits: CheckpointLimits, isSurvey: Bool = false) throws {
    var files = [file]
    contents = try ONNXContents(ReadableBytes(file), limits: limits, isSurvey: isSurvey) { name, offset in
      let external = try ONNXExternalFiles.open(name, beside: file.path, at: offset)
      files.append(external)
      return ReadableBytes(external)
    }
    name = CheckpointName.of(file.path)
    sourceFiles = files
  }

  /// Fills `buffer` with a range of a tensor's bytes in row-major order, little-endian.
  ///
  /// - Parameters:
  ///   - tensor: A tensor of this checkpoint.
  ///   - range: Which of its bytes.
  ///   - buffer: Receives them; as long as the range.
  /// - Throws: `FileError`; ``CheckpointError`` where the file has been changed since it was opened.
  /// - Precondition: `range` is within `0..<tensor.byteCount`, and `buffer` is as long.
  /// - Complexity: O(*n*) in the length of the range; of variable-length numbers also in at most 16,383 before it.
  public func read(
    _ tensor: CheckpointTensor, bytes range: Range<Int>, into buffer: UnsafeMutableRawBufferPointer
  ) throws {
    try contents.read(tensor, bytes: range, into: buffer)
  }
}
