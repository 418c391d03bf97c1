import IngotEncodings

/// Everything before the tensor data: version, metadata and tensor table, with the layout that follows from them.
///
/// It is made by reading (``init(parsing:limits:)``, ``init(byteCount:limits:reading:)``) or from metadata and
/// shapes (``init(metadata:tensors:alignment:limits:)``); either way it keeps every rule of the format.
///
/// Specification: `spec/container.md`.
public struct ContainerHeader: Sendable {
  /// The version of the format: 3, or 2 where such a file was read; ``encoded()`` always writes 3.
  public let version: UInt32
  /// The metadata in the order of the file.
  public private(set) var metadata: Metadata
  /// The tensors in the order of the file, which is also that of their data.
  public let tensors: TensorTable
  /// The multiple of bytes at which the data section and each tensor start.
  public let alignment: Int
  /// The end of the tensor table, in bytes from the start of the file.
  public let headerByteCount: UInt64
  /// The start of the data section, in bytes from the start of the file: the end of the table, aligned.
  public let dataOffset: UInt64
  /// The bytes of the data section, with the padding of the last tensor.
  public let dataByteCount: UInt64

  init(version: UInt32, metadata: Metadata, table: TensorTable, headerByteCount: UInt64, dataOffset: UInt64) {
    self.version = version
    self.metadata = metadata
    self.tensors = table
    self.alignment = Int(table.alignment)
    self.headerByteCount = headerByteCount
    self.dataOffset = dataOffset
    self.dataByteCount = table.dataByteCount
  }
}

extension ContainerHeader {
  /// The end of the body: of the last tensor with its padding, which a file may lack.
  public var bodyByteCount: UInt64 { dataOffset + dataByteCount }

  /// The tensor called `name`, byte by byte.
  ///
  /// - Complexity: O(1).
  public func tensor(named name: String) -> TensorInfo? { index(ofTensor: name).map { tensors[$0] } }

  /// The place in ``tensors`` of the tensor called `name`, byte by byte.
  ///
  /// - Complexity: O(1).
  public func index(ofTensor name: String) -> Int? { tensors.index(of: name) }

  /// Where the entry of a tensor stands in the tensor table of the file.
  ///
  /// - Precondition: `index` is one of ``tensors``.
  /// - Complexity: O(*n*).
  package func entryOffset(ofTensorAt index: Int) -> UInt64 {
    headerByteCount - UInt64(tensors.encodedByteCount(from: index))
  }

  /// The bytes of the file that hold the data of `tensor`, without padding.
  ///
  /// - Precondition: `tensor` is one of ``tensors``.
  public func byteRange(of tensor: TensorInfo) -> Range<UInt64> {
    let start = dataOffset + tensor.offset
    return start..<start + UInt64(tensor.byteCount)
  }

  /// The bytes that `tensor` takes in the file, with its padding.
  ///
  /// - Precondition: `tensor` is one of ``tensors``.
  public func paddedByteCount(of tensor: TensorInfo) -> UInt64 {
    let byteCount = UInt64(tensor.byteCount)
    return byteCount + paddingByteCount(after: byteCount)
  }

  /// The zero bytes that follow `byteCount` bytes up to the next multiple of the alignment.
  public func paddingByteCount(after byteCount: UInt64) -> UInt64 {
    let used = byteCount % UInt64(alignment)
    return used == 0 ? 0 : UInt64(alignment) - used
  }

  /// The same header as it will be read from the file that it is written to: with the places of its metadata.
  ///
  /// - Complexity: O(*n*) in the number of keys.
  package func located() -> ContainerHeader {
    var header = self
    header.metadata.locate(at: UInt64(ContainerFormat.preambleByteCount))
    return header
  }
}

extension ContainerHeader: Equatable {
  /// Whether versions, metadata and tensors are the same; everything else follows from them.
  public static func == (left: Self, right: Self) -> Bool {
    left.version == right.version && left.metadata == right.metadata && left.tensors == right.tensors
  }
}
