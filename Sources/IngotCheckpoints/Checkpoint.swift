import IngotContainer
import IngotFiles

/// Named tensors in one file or several, whose bytes are read piece by piece.
///
/// A checkpoint holds the table of its tensors and open files, never their data. It may be used from any
/// thread. ``Checkpoints/open(_:choosing:limits:)`` opens one.
///
/// To add a format, add a folder with a type that conforms, and its row in `CheckpointKind.all`.
public protocol Checkpoint: Sendable {
  /// The format, for people and reports.
  var format: CheckpointFormat { get }
  /// A name for the model, from that of the file or folder.
  var name: String { get }
  /// The tensors in the order in which their bytes stand: by file, then by offset.
  var tensors: CheckpointTensors { get }
  /// What the checkpoint says of itself, in file order; the texts of a safetensors' `__metadata__` are strings.
  var metadata: Metadata { get }
  /// What was accepted though it may not be meant; of each file at most the first 100.
  var warnings: [CheckpointWarning] { get }
  /// The files that the tensors are read from, so that an output can be compared with them.
  var sourceFiles: [RegularFile] { get }

  /// The most bytes that are kept of what was read, for reads to come; 0 where none are.
  ///
  /// - Complexity: O(*n*) in the number of tensors.
  var keptByteCount: Int { get }

  /// The tensor of this name, compared byte by byte, or `nil` if there is none.
  ///
  /// - Complexity: O(1).
  func tensor(named name: String) -> CheckpointTensor?

  /// What is done to a tensor of this name on the way from the file, in words, such as `decoded from GPTQ, 4 bits in groups of 128`;
  /// `nil` where its bytes are those of the file.
  ///
  /// - Complexity: O(1).
  func change(of name: String) -> String?

  /// Fills `buffer` with a range of a tensor's bytes, as they are stored.
  ///
  /// - Parameters:
  ///   - tensor: A tensor of this checkpoint.
  ///   - range: Which of its bytes.
  ///   - buffer: Receives them; as long as the range.
  /// - Throws: `FileError`, also where the file has been shortened since it was opened.
  /// - Precondition: `range` is within `0..<tensor.byteCount`, and `buffer` is as long.
  func read(
    _ tensor: CheckpointTensor, bytes range: Range<Int>, into buffer: UnsafeMutableRawBufferPointer) throws
}

extension Checkpoint {
  /// Of views that lie transposed, tiles are kept.
  public var keptByteCount: Int {
    tensors.contains { tensor in tensor.view.map { !$0.isContiguous(tensor.shape) } ?? false }
      ? TileCache.byteCount : 0
  }

  /// Nothing is done.
  public func change(of name: String) -> String? { nil }

  /// Reads the range from the tensor's place in its file; right for every format that stores plain bytes.
  public func read(
    _ tensor: CheckpointTensor, bytes range: Range<Int>, into buffer: UnsafeMutableRawBufferPointer
  ) throws {
    precondition(range.lowerBound >= 0 && range.upperBound <= tensor.byteCount, "not within the tensor")
    precondition(buffer.count == range.count, "the buffer and the range differ in length")
    if range.isEmpty { return }
    let file = sourceFiles[tensor.location.file]
    try file.read(into: buffer, at: tensor.location.offset + UInt64(range.lowerBound))
  }
}
