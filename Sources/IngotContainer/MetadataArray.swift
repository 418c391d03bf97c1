/// Values of one type, kept as the bytes that stand in the file.
///
/// A vocabulary of 262,144 words is then one allocation and not as many strings, and writing it is a copy.
/// Elements are decoded when asked for: ``strings``, ``values(of:)``, ``arrays``, or one by one as
/// ``MetadataValue``, for an array is a collection of those.
///
/// The large arrays of an open model stay in its file, and their elements are read when they are asked for: 64 strings, or one
/// number, at a time. ``element(at:)`` throws where that fails; all else then gives empty strings or zeros in their place.
/// ``load()`` reads all elements at once and keeps them, so that nothing fails after it.
///
/// Arrays are equal when element types and bytes are.
///
/// Specification: `spec/container.md`, clause C12.
public struct MetadataArray: Sendable {
  /// The type of every element.
  public let elementType: MetadataType
  /// The number of elements.
  public let count: Int
  /// The elements as they stand in the file; of a deferred array this reads and keeps them.
  package var payload: [UInt8] { storage.bytes }
  let storage: ArrayPayload
  /// The levels of arrays: 1 for numbers and strings, at least 2 for arrays.
  let depth: Int
  /// Where in a payload in memory the elements 0, 64, 128, … start, if elements vary in size.
  private let marks: [Int]

  /// The bytes of the elements in the file.
  package var payloadByteCount: Int { storage.byteCount }
  /// Where in those bytes the elements 0, 64, 128, … start; empty where all elements have one size.
  package var elementStarts: [Int] {
    if case .deferred(let payload) = storage { payload.marks.all } else { marks }
  }

  /// The elements between two marks.
  static let markStride = 64

  /// Puts together what a walk has found.
  init(elementType: MetadataType, count: Int, payload: [UInt8], depth: Int, marks: [Int]) {
    self.init(elementType: elementType, count: count, payload: .bytes(payload), depth: depth, marks: marks)
  }

  init(elementType: MetadataType, count: Int, payload: ArrayPayload, depth: Int, marks: [Int]) {
    self.elementType = elementType
    self.count = count
    storage = payload
    self.depth = depth
    self.marks = marks
  }

  /// Makes an array of numbers or booleans.
  ///
  /// - Complexity: O(*n*).
  public init<Scalar: MetadataScalar>(_ values: some Sequence<Scalar>) {
    var payload: [UInt8] = []
    var count = 0
    payload.reserveCapacity(values.underestimatedCount * MemoryLayout<Scalar.Bits>.size)
    for value in values {
      payload.append(littleEndian: value.metadataBits)
      count += 1
    }
    self.init(elementType: Scalar.metadataType, count: count, payload: payload, depth: 1, marks: [])
  }

  /// Makes an array of strings.
  ///
  /// - Complexity: O(*n*) in the bytes of all strings.
  public init(_ strings: some Sequence<String>) {
    var builder = Builder()
    for string in strings { builder.append { $0.append(sized: string) } }
    self.init(
      elementType: .string, count: builder.count, payload: builder.payload, depth: 1, marks: builder.marks)
  }

  /// Makes an array of arrays, which may differ in their types.
  ///
  /// - Complexity: O(*n*) in the bytes of all arrays.
  public init(_ arrays: some Sequence<MetadataArray>) {
    var builder = Builder()
    var innerDepth = 1
    for array in arrays {
      builder.append { array.encode(into: &$0) }
      innerDepth = Swift.max(innerDepth, array.depth)
    }
    self.init(
      elementType: .array, count: builder.count, payload: builder.payload, depth: innerDepth + 1,
      marks: builder.marks)
  }

  /// A payload of elements that vary in size, as it grows.
  private struct Builder {
    var payload: [UInt8] = []
    var marks: [Int] = []
    var count = 0

    mutating func append(_ encode: (inout [UInt8]) -> Void) {
      if count.isMultiple(of: MetadataArray.markStride) { marks.append(payload.count) }
      encode(&payload)
      count += 1
    }
  }
}

extension MetadataArray {
  /// Reads all elements of an array that is in a file, once, and keeps them; does nothing for all others.
  ///
  /// - Throws: what kept the elements from being read: `ContainerError` for bytes that are no such array, or the error of the
  ///   file or its seal. The elements are then empty strings or zeros from now on.
  /// - Complexity: O(*n*) in the bytes of the elements, the first time.
  public func load() throws {
    if case .deferred(let payload) = storage { _ = try payload.all() }
  }
}

extension MetadataArray: Hashable {
  /// Whether element types, counts and bytes are the same.
  public static func == (left: Self, right: Self) -> Bool {
    left.elementType == right.elementType && left.count == right.count && left.payload == right.payload
  }

  /// Hashes element type, count and bytes.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(elementType)
    hasher.combine(count)
    payload.withUnsafeBytes { hasher.combine(bytes: $0) }
  }
}

extension MetadataArray {
  /// The bytes of the array in the file: element type, count and payload.
  var encodedByteCount: Int { 12 + payloadByteCount }

  /// Appends the array as it stands in the file.
  func encode(into bytes: inout [UInt8]) {
    bytes.append(littleEndian: elementType.rawValue)
    bytes.append(littleEndian: UInt64(count))
    bytes.append(contentsOf: payload)
  }

  /// Where element `index` starts in `bytes`, the payload in memory: a product, or a scan over at most 63 elements.
  ///
  /// - Precondition: `index` is an element.
  func position(of index: Int, in bytes: UnsafeRawBufferPointer) -> Int {
    precondition(index >= 0 && index < count, "index out of range")
    if let stride = elementType.byteCount { return index * stride }
    var position = marks[index / Self.markStride]
    for _ in 0..<index % Self.markStride { position += bytes.byteCount(of: elementType, at: position) }
    return position
  }
}

extension UnsafeRawBufferPointer {
  /// The bytes that the valid value at `position` takes.
  ///
  /// It descends as deep as arrays are nested, which ``ParseLimits/arrayNesting`` bounds.
  func byteCount(of type: MetadataType, at position: Int) -> Int {
    switch type {
    case .string: return 8 + Int(littleEndian(UInt64.self, at: position))
    case .array:
      let count = Int(littleEndian(UInt64.self, at: position + 4))
      guard let elementType = MetadataType(rawValue: littleEndian(UInt32.self, at: position)) else {
        preconditionFailure("the array has not been validated")
      }
      if let stride = elementType.byteCount { return 12 + count * stride }
      var end = position + 12
      for _ in 0..<count { end += byteCount(of: elementType, at: end) }
      return end - position
    default: return type.byteCount ?? 0
    }
  }
}
