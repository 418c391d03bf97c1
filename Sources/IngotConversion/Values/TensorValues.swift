import IngotCheckpoints
import IngotContainer
import IngotEncodings
import IngotFiles
import IngotModel
import SystemPackage

/// The values of one tensor of a file of any format, decoded on demand.
///
/// A file is read at the places where the values stand, and nowhere else beyond its header.
public struct TensorValues: Sendable {
  /// The name in the file, which a conversion may have shortened.
  public let name: String
  /// The shape, slowest dimension first; that of the checkpoint where a conversion had to change it.
  public let shape: [Int]
  /// The element type or encoding as it is stored.
  public let type: ElementType
  /// The shape of the values: a complex number is a dimension of 2.
  let valueShape: [Int]
  /// The number of values in a row: the fastest dimension, twice that for complex numbers.
  public let rowLength: Int
  /// The number of values.
  public let elementCount: Int
  /// The tensor as the file states it.
  public let stored: CheckpointTensor

  private let checkpoint: any Checkpoint
  private let model: ModelTensor?

  /// Finds a tensor by its name in the file, or by the name that it had before a conversion changed it.
  ///
  /// - Throws: ``ConversionError`` `NO_SUCH_TENSOR` with the nearest names, and the errors of opening the file.
  public init(opening path: FilePath, tensor name: String) throws {
    try self.init(Checkpoints.open(path, choosing: .onlyOrAll), tensor: name, path)
  }

  init(_ checkpoint: any Checkpoint, tensor name: String, _ path: FilePath) throws {
    let restored = RestoredTensors(checkpoint)
    guard let found = restored.tensor(storedAs: name) ?? restored.tensor(named: name) else {
      throw ConversionError(
        .noSuchTensor, tensor: name,
        "there is no tensor \(name.quoted) in \(path)"
          + NearestNames.advice(for: name, among: restored.map(\.name)))
    }
    self.checkpoint = checkpoint
    stored = found.stored
    self.name = found.stored.name
    shape = found.shape
    type = found.stored.type
    valueShape = found.valueShape
    elementCount = found.valueCount
    let rows = found.shape.dropLast().reduce(1, *)
    rowLength = rows == 0 ? 0 : elementCount / rows
    if checkpoint.format == .gguf, let file = checkpoint.sourceFiles.first {
      model = try ModelFile(opening: file.path, access: .positional).tensor(found.stored.name)
    } else {
      model = nil
    }
  }

  /// The number of rows.
  public var rowCount: Int { rowLength == 0 ? 0 : elementCount / rowLength }

  /// The files that the values are read from.
  var sourceFiles: [RegularFile] { checkpoint.sourceFiles }

  /// The stored bytes of the first `elements` values, which end where an element does.
  func byteCount(elements: Int) -> Int {
    type.byteCount(elements: elements / type.valuesPerElement) ?? stored.byteCount
  }

  /// The values of some rows, by their positions in the tensor.
  ///
  /// - Throws: ``ConversionError`` `NO_SUCH_TENSOR` where the tensor has fewer rows.
  public func elements(ofRows rows: Range<Int>) throws(ConversionError) -> Range<Int> {
    guard rows.lowerBound >= 0, rows.upperBound <= rowCount else {
      throw ConversionError(
        .noSuchTensor, tensor: name,
        "rows \(rows.lowerBound)..<\(rows.upperBound) are not in \(name.quoted), which has \(rowCount.counted("row")) of \(rowLength.counted("value")): choose within 0..<\(rowCount)"
      )
    }
    return rows.lowerBound * rowLength..<rows.upperBound * rowLength
  }

  /// Decodes values to single precision.
  ///
  /// - Parameters:
  ///   - elements: their positions; any range.
  ///   - values: receives them.
  /// - Precondition: the range is within the tensor and as long as `values`.
  /// - Throws: `EncodingError` or `ElementTypeError` for an encoding without a decoder, and the errors of reading.
  public func decode(_ elements: Range<Int>, into values: inout MutableSpan<Float>) throws {
    precondition(
      elements.lowerBound >= 0 && elements.upperBound <= elementCount && elements.count == values.count)
    // Whole blocks are decoded and the asked part is kept: 256 is a multiple of every block.
    let lower = elements.lowerBound / 256 * 256
    let upper = min(elementCount, (elements.upperBound + 255) / 256 * 256)
    let (buffer, bytes) = (GrowingBuffer(), GrowingBuffer())
    let whole: UnsafeMutableBufferPointer<Float>
    if let model {
      whole = buffer.floats(upper - lower)
      var span = whole.mutableSpan
      try model.decode(elements: lower..<upper, into: &span)
    } else {
      whole = try TensorReader(checkpoint, stored).decode(lower..<upper, into: buffer, stored: bytes)
    }
    for index in elements { values[index - elements.lowerBound] = whole[index - lower] }
  }

  /// Reads the stored bytes of whole elements.
  ///
  /// - Precondition: the range is within the tensor's bytes and as long as `buffer`.
  public func read(bytes range: Range<Int>, into buffer: UnsafeMutableRawBufferPointer) throws {
    try checkpoint.read(stored, bytes: range, into: buffer)
  }
}
