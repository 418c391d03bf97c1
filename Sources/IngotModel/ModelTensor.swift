import IngotContainer
import IngotEncodings
import SystemPackage

/// A tensor of an open model, which decodes any of its rows on demand.
///
/// A tensor is small to copy and may be used from any thread; threads never wait for each other. It keeps its file open and
/// mapped. What a *row* is: ``rowLength`` consecutive values, along the dimension that runs fastest. A tensor of
/// one dimension is a single row, and one of more has the product of the other dimensions as its ``rowCount``.
///
/// Rows that do not exist are a typed error, since their numbers often come from users. A buffer of another size than the rows
/// need is a mistake of the program, and stops it.
public struct ModelTensor: Sendable {
  /// What the file says of the tensor.
  public let info: TensorInfo
  /// The file that holds it.
  public let shard: ModelShard

  init(_ info: TensorInfo, in shard: ModelShard) {
    self.info = info
    self.shard = shard
  }

  /// The name, unique in the model.
  public var name: String { info.name }
  /// The length of each dimension, the one that runs fastest first.
  public var dimensions: [Int] { info.dimensions }
  /// How the values are stored.
  public var encoding: Encoding { info.encoding }
  /// The number of values.
  public var elementCount: Int { info.elementCount }
  /// The number of values in a row.
  public var rowLength: Int { info.rowLength }
  /// The number of rows.
  public var rowCount: Int { info.rowCount }
  /// The number of stored bytes.
  public var byteCount: Int { info.byteCount }
  /// The number of stored bytes of a row.
  public var rowByteCount: Int { rowLength / encoding.elementsPerBlock * encoding.bytesPerBlock }
  /// Where the stored bytes stand in the file.
  public var byteRange: Range<UInt64> { shard.header.byteRange(of: info) }

  /// Checks that the tensor has `rows`, and counts their elements.
  func elements(ofRows rows: Range<Int>) throws(ModelError) -> Range<Int> {
    guard rows.lowerBound >= 0, rows.upperBound <= rowCount else {
      throw error(.rows(rows, count: rowCount))
    }
    // No more than `elementCount`, so nothing overflows.
    return rows.lowerBound * rowLength..<rows.upperBound * rowLength
  }

  /// The bytes of elements that begin and end at blocks, counted from the start of the tensor.
  func bytes(ofElements elements: Range<Int>) -> Range<Int> {
    let (perBlock, size) = (encoding.elementsPerBlock, encoding.bytesPerBlock)
    return elements.lowerBound / perBlock * size..<elements.upperBound / perBlock * size
  }

  /// The place in the file of bytes of the tensor.
  func place(of bytes: Range<Int>) -> Range<UInt64> {
    let start = byteRange.lowerBound
    return start + UInt64(bytes.lowerBound)..<start + UInt64(bytes.upperBound)
  }

  func error(_ cause: ModelError.Cause) -> ModelError {
    ModelError(cause, shard.file.path, tensor: name)
  }
}
