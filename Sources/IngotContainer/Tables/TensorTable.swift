import IngotEncodings

/// The tensors of a file in their order, which is also that of their data.
///
/// Each is checked and placed after those before it: reader and writer both fill the table, so that the rules for shapes and
/// places stand once. It is compact: a tensor takes its name and some 50 bytes, and a ``TensorInfo`` is made when it is asked for.
///
/// Specification: `spec/container.md`, clauses C13 to C19.
public struct TensorTable: Sendable {
  /// What the shape of a tensor breaks.
  struct Fault: Error {
    let rule: ContainerRule
    /// The dimension to blame, unless it is the shape as a whole.
    var dimension: Int?
    let found: String
    let expected: String
  }

  private struct Entry: Sendable, Hashable {
    var offset: UInt64
    var firstDimension: UInt32
    var dimensionCount: UInt8
    var encoding: Encoding
  }

  let alignment: UInt64
  private var names = NameTable()
  private var entries: [Entry] = []
  private var dimensions: [Int] = []
  /// The bytes of all tensors, each with its padding: where the next one starts.
  private(set) var dataByteCount: UInt64 = 0

  /// Makes an empty table.
  ///
  /// - Parameter expectedCount: How many tensors will come, as far as the bytes at hand can hold them.
  init(alignment: Int = ContainerFormat.defaultAlignment, expectedCount: Int = 0) {
    self.alignment = UInt64(alignment)
    entries.reserveCapacity(expectedCount)
    names.reserveCapacity(expectedCount)
  }

  /// Adds a tensor after the one before it.
  ///
  /// - Returns: whether the name is new; a name that is not stands for its last tensor.
  /// - Precondition: the dimensions are not negative, and at most four.
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
        rule: .size, found: "\(elementCount.counted("element")) of \(encoding.name)",
        expected: "a size in bytes that, with all before it, fits 63 bits")
    }
    let isNew = names.append(name)
    entries.append(
      Entry(
        offset: dataByteCount, firstDimension: UInt32(self.dimensions.count),
        dimensionCount: UInt8(dimensions.count), encoding: encoding))
    self.dimensions += dimensions
    dataByteCount = end
    return isNew
  }

  /// Goes on at an offset, after a tensor whose size is not known.
  mutating func resume(at offset: UInt64) { dataByteCount = offset }

  /// The place of the tensor called `name`, byte by byte.
  func index(of name: String) -> Int? { names.index(of: name) }

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

extension TensorTable: RandomAccessCollection {
  /// Zero.
  public var startIndex: Int { 0 }
  /// The number of tensors.
  public var endIndex: Int { entries.count }

  /// The tensor at a place.
  ///
  /// - Precondition: `position` is less than `count`.
  /// - Complexity: O(*n*) in the bytes of the name.
  public subscript(position: Int) -> TensorInfo {
    let dimensions = Array(dimensions(at: position))
    let elementCount = dimensions.reduce(1, *)
    let entry = entries[position]
    return TensorInfo(
      name: names[position], dimensions: dimensions, encoding: entry.encoding, offset: entry.offset,
      // Both were counted when the tensor was added.
      elementCount: elementCount, byteCount: entry.encoding.byteCount(elements: elementCount) ?? 0)
  }

  private func dimensions(at position: Int) -> ArraySlice<Int> {
    let first = Int(entries[position].firstDimension)
    return dimensions[first..<first + Int(entries[position].dimensionCount)]
  }
}

// Entries as they stand in the file.
extension TensorTable {
  /// The bytes of the entries from a place on.
  func encodedByteCount(from position: Int = 0) -> Int {
    (position..<count).reduce(0) {
      $0 + 8 + names.byteCount(at: $1) + 4 + 8 * Int(entries[$1].dimensionCount) + 4 + 8
    }
  }

  /// Appends the entry at a place as it stands in the file.
  func encode(entryAt position: Int, into bytes: inout [UInt8]) {
    bytes.append(littleEndian: UInt64(names.byteCount(at: position)))
    names.withBytes(at: position) { bytes.append(contentsOf: $0) }
    let dimensions = dimensions(at: position)
    bytes.append(littleEndian: UInt32(dimensions.count))
    for dimension in dimensions { bytes.append(littleEndian: UInt64(dimension)) }
    bytes.append(littleEndian: entries[position].encoding.id)
    bytes.append(littleEndian: entries[position].offset)
  }
}

extension TensorTable: Equatable {
  /// Whether both have the same tensors in the same order.
  public static func == (left: Self, right: Self) -> Bool {
    left.names == right.names && left.entries == right.entries && left.dimensions == right.dimensions
  }
}

// What is known without making a description.
extension TensorTable {
  /// The bytes of the data of the tensor at a place, without padding.
  ///
  /// - Precondition: `position` is less than `count`.
  package func byteCount(at position: Int) -> Int {
    entries[position].encoding.byteCount(elements: dimensions(at: position).reduce(1, *)) ?? 0
  }
}
