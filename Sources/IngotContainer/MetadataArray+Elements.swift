extension MetadataArray: RandomAccessCollection {
  /// Zero.
  public var startIndex: Int { 0 }
  /// The number of elements.
  public var endIndex: Int { count }

  /// The element at `position`; for a string or an array this makes a copy.
  ///
  /// Of an array in a file, an empty string or zero if it cannot be read: ``element(at:)`` tells why.
  ///
  /// - Precondition: `position` is less than `count`.
  /// - Complexity: O(1) for numbers; a scan over at most 63 elements for strings and arrays. One read of as many elements if the
  ///   array is in a file: to go over all of them, iterate or load it, for `map` and slices ask one by one.
  public subscript(position: Int) -> MetadataValue {
    switch storage {
    case .bytes(let bytes): return value(at: position, in: bytes)
    case .deferred(let payload):
      precondition(position >= 0 && position < count, "index out of range")
      let (part, first) = payload.partOrBlank(around: position, atMost: 1)
      return part[position - first]
    }
  }

  /// The element at `position`, as the subscript, or why it cannot be read.
  ///
  /// - Throws: of an array in a file `ContainerError`, with the offset of the byte that is wrong, or the error of the file or
  ///   its seal. No array in memory throws.
  /// - Precondition: `position` is less than `count`.
  public func element(at position: Int) throws -> MetadataValue {
    precondition(position >= 0 && position < count, "index out of range")
    guard case .deferred(let payload) = storage else { return self[position] }
    let (part, first) = try payload.part(around: position, atMost: 1)
    return part[position - first]
  }

  private func value(at position: Int, in bytes: [UInt8]) -> MetadataValue {
    bytes.withUnsafeBytes { $0.value(of: elementType, at: self.position(of: position, in: $0)) }
  }

  /// An iterator that goes from element to element without scans, and reads an array in a file a part at a time.
  public func makeIterator() -> Iterator { Iterator(cursor: ElementCursor(over: self)) }

  /// Goes from element to element.
  public struct Iterator: IteratorProtocol {
    fileprivate var cursor: ElementCursor

    /// The next element, or `nil` after the last.
    public mutating func next() -> MetadataValue? {
      let type = cursor.elementType
      return cursor.next { $0.value(of: type, at: $1) }
    }
  }
}

extension MetadataArray: CustomStringConvertible {
  /// The number and type of the elements, such as `3 × STRING`.
  public var description: String { "\(count) × \(elementType.name)" }
}

extension MetadataArray {
  /// The elements of an array of strings, each made when asked for; `nil` where elements are of another type.
  public var strings: Strings? { elementType == .string ? Strings(array: self) : nil }

  /// The elements of an array of exactly the type of `Scalar`; `nil` where they are of another type.
  public func values<Scalar: MetadataScalar>(of type: Scalar.Type) -> Values<Scalar>? {
    elementType == Scalar.metadataType ? Values(array: self) : nil
  }

  /// The elements of an array of integers of any type; `nil` where they are of another type or one does not fit.
  ///
  /// - Complexity: O(*n*).
  public var integers: [Int]? {
    guard ![.float32, .float64, .bool, .string, .array].contains(elementType) else { return nil }
    var result: [Int] = []
    result.reserveCapacity(count)
    for value in self {
      guard let integer = value.integer else { return nil }
      result.append(integer)
    }
    return result
  }

  /// The elements of an array of arrays; `nil` where they are of another type.
  ///
  /// - Complexity: O(*n*) in the bytes of the payload, which is copied.
  public var arrays: [MetadataArray]? {
    guard elementType == .array else { return nil }
    return compactMap { if case .array(let array) = $0 { array } else { nil } }
  }

  /// The strings of an array, decoded one at a time.
  public struct Strings: RandomAccessCollection, Sendable {
    fileprivate let array: MetadataArray

    /// Zero.
    public var startIndex: Int { 0 }
    /// The number of strings.
    public var endIndex: Int { array.count }

    /// The string at `position`, found by a scan over at most 63 lengths; of an array in a file, empty if it cannot be read.
    ///
    /// - Precondition: `position` is less than `count`.
    public subscript(position: Int) -> String {
      guard case .string(let text) = array[position] else { preconditionFailure("not an array of strings") }
      return text
    }

    /// An iterator that goes from string to string without scans.
    public func makeIterator() -> Iterator { Iterator(cursor: ElementCursor(over: array)) }

    /// Goes from string to string.
    public struct Iterator: IteratorProtocol {
      fileprivate var cursor: ElementCursor

      /// The next string, or `nil` after the last.
      public mutating func next() -> String? { cursor.next { $0.sizedString(at: $1) } }
    }
  }

  /// The numbers or booleans of an array, loaded one at a time.
  public struct Values<Scalar: MetadataScalar>: RandomAccessCollection, Sendable {
    fileprivate let array: MetadataArray

    /// Zero.
    public var startIndex: Int { 0 }
    /// The number of values.
    public var endIndex: Int { array.count }

    /// The value at `position`; of an array in a file, zero if it cannot be read.
    ///
    /// - Precondition: `position` is less than `count`.
    public subscript(position: Int) -> Scalar {
      precondition(position >= 0 && position < array.count, "index out of range")
      switch array.storage {
      case .bytes(let bytes): return bytes.withUnsafeBytes { $0.scalar(at: position * size) }
      case .deferred(let payload):
        let (part, first) = payload.partOrBlank(around: position, atMost: 1)
        return part.payload.withUnsafeBytes { $0.scalar(at: (position - first) * size) }
      }
    }

    private var size: Int { MemoryLayout<Scalar.Bits>.size }

    /// An iterator that reads an array in a file a part at a time.
    public func makeIterator() -> Iterator { Iterator(cursor: ElementCursor(over: array)) }

    /// Goes from value to value.
    public struct Iterator: IteratorProtocol {
      fileprivate var cursor: ElementCursor

      /// The next value, or `nil` after the last.
      public mutating func next() -> Scalar? { cursor.next { $0.scalar(at: $1) } }
    }
  }
}

extension MetadataArray {
  /// The array that stands at `start` in bytes which have been walked before.
  fileprivate init(validated bytes: UnsafeRawBufferPointer, at start: Int) {
    let end = start + bytes.byteCount(of: .array, at: start)
    guard let elementType = MetadataType(rawValue: bytes.littleEndian(UInt32.self, at: start)) else {
      preconditionFailure("the array has not been validated")
    }
    let payload = UnsafeRawBufferPointer(rebasing: bytes[start + 12..<end])
    let count = Int(bytes.littleEndian(UInt64.self, at: start + 4))
    var marks: [Int] = []
    var depth = elementType == .array ? 2 : 1
    if elementType.byteCount == nil {
      var position = 0
      for index in 0..<count {
        if index.isMultiple(of: Self.markStride) { marks.append(position) }
        if elementType == .array { depth = Swift.max(depth, 1 + payload.arrayDepth(at: position)) }
        position += payload.byteCount(of: elementType, at: position)
      }
    }
    self.init(
      elementType: elementType, count: count, payload: Array(payload), depth: depth, marks: marks)
  }
}

extension UnsafeRawBufferPointer {
  /// The value of an element at `position`, whose bytes have been validated.
  fileprivate func value(of type: MetadataType, at position: Int) -> MetadataValue {
    switch type {
    case .string: return .string(sizedString(at: position))
    case .array: return .array(MetadataArray(validated: self, at: position))
    default:
      guard let value = MetadataValue(scalar: type, in: self, at: position) else {
        preconditionFailure("a type without a fixed size")
      }
      return value
    }
  }

  /// The number or boolean at `position`.
  fileprivate func scalar<Scalar: MetadataScalar>(at position: Int) -> Scalar {
    Scalar(metadataBits: littleEndian(Scalar.Bits.self, at: position))
  }

  /// The text at `position`, whose bytes have been validated.
  fileprivate func sizedString(at position: Int) -> String {
    let start = position + 8
    let end = start + Int(littleEndian(UInt64.self, at: position))
    return String(decoding: self[start..<end], as: UTF8.self)
  }

  /// The levels of the valid array at `position`.
  fileprivate func arrayDepth(at position: Int) -> Int {
    guard littleEndian(UInt32.self, at: position) == MetadataType.array.rawValue else { return 1 }
    var depth = 2
    var element = position + 12
    for _ in 0..<Int(littleEndian(UInt64.self, at: position + 4)) {
      depth = Swift.max(depth, 1 + arrayDepth(at: element))
      element += byteCount(of: .array, at: element)
    }
    return depth
  }
}
