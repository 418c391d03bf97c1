import IngotEncodings

/// An entry of the tensor table: what a tensor is called, its shape and encoding, and where its data is.
///
/// Specification: `spec/container.md`, clauses C13 to C19.
public struct TensorInfo: Sendable {
  /// The name, unique in the file byte by byte.
  public let name: String
  /// The size of each dimension, the one that runs fastest first, as in the file; none means one element.
  public let dimensions: [Int]
  /// How the values are stored.
  public let encoding: Encoding
  /// Where the data starts, in bytes from the start of the data section.
  public let offset: UInt64
  /// The number of elements: the product of all dimensions.
  public let elementCount: Int
  /// The bytes of the data, without padding.
  public let byteCount: Int

  /// The elements of a row: the first dimension, which is whole blocks.
  public var rowLength: Int { dimensions.first ?? 1 }
  /// The number of rows: the product of the dimensions after the first.
  public var rowCount: Int { dimensions.dropFirst().reduce(1, *) }
}

extension TensorInfo: Hashable {
  /// Whether all fields are the same, names byte by byte.
  public static func == (left: Self, right: Self) -> Bool {
    left.name.hasSameBytes(as: right.name) && left.dimensions == right.dimensions
      && left.encoding == right.encoding && left.offset == right.offset
  }

  /// Hashes what is compared.
  public func hash(into hasher: inout Hasher) {
    name.hashBytes(into: &hasher)
    hasher.combine(dimensions)
    hasher.combine(encoding)
    hasher.combine(offset)
  }
}
