/// How a tensor lies in a storage, which it may share with others.
public struct TensorView: Sendable, Hashable {
  /// The index of the storage among those of the checkpoint: two tensors with the same one share bytes, or could.
  public let storage: Int
  /// Where the tensor's first element begins in the storage, in bytes.
  public let start: UInt64
  /// For each dimension the elements from one to the next of it.
  public let strides: [Int]
  /// Whether the bytes of numbers stand with the highest first.
  public let isBigEndian: Bool

  init(storage: Int, start: UInt64, strides: [Int], isBigEndian: Bool) {
    self.storage = storage
    self.start = start
    self.strides = strides
    self.isBigEndian = isBigEndian
  }

  /// The strides of a tensor whose elements follow each other, the last dimension fastest.
  static func contiguousStrides(_ shape: [Int]) -> [Int] {
    var strides = [Int](repeating: 1, count: shape.count)
    for index in shape.indices.dropLast().reversed() {
      // The shape has been counted with zeros left out, so no product overflows.
      strides[index] = strides[index + 1] * max(shape[index + 1], 1)
    }
    return strides
  }

  /// Whether the elements follow each other, the last dimension fastest, so that nothing has to be gathered.
  public func isContiguous(_ shape: [Int]) -> Bool {
    zip(zip(shape, strides), Self.contiguousStrides(shape)).allSatisfy { $0.0 <= 1 || $0.1 == $1 }
      || shape.contains(0)
  }
}

extension ElementType {
  /// The bytes that are turned round where the highest stands first: those of a number, of which a complex one has two.
  var numberByteCount: Int { max(1, (byteCount(elements: 1) ?? 1) / valuesPerElement) }
}
