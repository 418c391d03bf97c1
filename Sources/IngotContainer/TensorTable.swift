import IngotEncodings

/// The tensor table as it grows: each tensor is checked and placed after those before it.
///
/// Reader and writer both fill it, so that the rules for shapes and places stand once.
struct TensorTable {
  /// What the shape of a tensor breaks.
  struct Fault: Error {
    let rule: ContainerRule
    /// The dimension to blame, unless it is the shape as a whole.
    var dimension: Int?
    let found: String
    let expected: String
  }

  let alignment: UInt64
  private(set) var tensors: [TensorInfo] = []
  private(set) var indices: [ExactName: Int] = [:]
  /// The bytes of all tensors, each with its padding: where the next one starts.
  private(set) var dataByteCount: UInt64 = 0

  init(alignment: Int = ContainerFormat.defaultAlignment, expectedCount: Int = 0) {
    self.alignment = UInt64(alignment)
    // A file may announce more than it holds.
    let capacity = min(expectedCount, 4096)
    tensors.reserveCapacity(capacity)
    indices.reserveCapacity(capacity)
  }

  /// Adds a tensor after the one before it.
  ///
  /// - Returns: whether the name is new; a name that is not stands for its last tensor.
  /// - Precondition: the dimensions are not negative.
  mutating func append(
    name: String, dimensions: [Int], encoding: Encoding
  ) throws(Fault) -> Bool {
    let elementCount = try Self.elementCount(dimensions)
    let rowLength = dimensions.first ?? 1
    guard rowLength.isMultiple(of: encoding.elementsPerBlock) else {
      throw Fault(
        rule: .block, dimension: dimensions.isEmpty ? nil : 0,
        found: "a first dimension of \(rowLength)",
        expected: "a multiple of \(encoding.elementsPerBlock), the block of \(encoding.name)")
    }
    guard let byteCount = encoding.byteCount(elements: elementCount),
      let padded = Checked.roundUp(UInt64(byteCount), toMultipleOf: alignment),
      let end = Checked.sum(dataByteCount, padded), end <= Int64.max
    else {
      throw Fault(
        rule: .size, found: "\(elementCount) elements of \(encoding.name)",
        expected: "a size in bytes that, with all before it, fits 63 bits")
    }
    let isNew = indices.updateValue(tensors.count, forKey: ExactName(name)) == nil
    tensors.append(
      TensorInfo(
        name: name, dimensions: dimensions, encoding: encoding, offset: dataByteCount,
        elementCount: elementCount, byteCount: byteCount))
    dataByteCount = end
    return isNew
  }

  /// Goes on at an offset, after a tensor whose size is not known.
  mutating func resume(at offset: UInt64) { dataByteCount = offset }

  /// The product of the dimensions.
  ///
  /// A zero hides no overflow: the product of the others must fit too, so that
  /// every partial product does.
  private static func elementCount(_ dimensions: [Int]) throws(Fault) -> Int {
    var product = 1
    for (index, dimension) in dimensions.enumerated() where dimension != 0 {
      guard let next = Checked.product(product, dimension) else {
        throw Fault(
          rule: .elementCount, dimension: index, found: "dimensions \(dimensions)",
          expected: "a number of elements that fits 63 bits")
      }
      product = next
    }
    return dimensions.contains(0) ? 0 : product
  }
}
