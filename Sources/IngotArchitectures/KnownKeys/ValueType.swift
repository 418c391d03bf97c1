import IngotContainer

/// A type that the value of a known key has.
///
/// Specification: `spec/metadata.md`, clause M6.
public enum ValueType: Sendable, Hashable {
  /// One value.
  case one(MetadataType)
  /// An array whose elements are of one type.
  case many(MetadataType)
}

extension ValueType: CustomStringConvertible {
  /// The type as the specification writes it, such as `ARRAY of STRING`.
  public var description: String {
    switch self {
    case .one(let type): type.name
    case .many(let type): "ARRAY of \(type.name)"
    }
  }
}

extension MetadataValue {
  /// The type of the value, with that of its elements.
  public var valueType: ValueType {
    if case .array(let array) = self { .many(array.elementType) } else { .one(type) }
  }
}

extension ValueType {
  /// How near one type comes to another.
  public enum Likeness: Sendable, Hashable, Comparable {
    /// Another kind: text for a number, an array for one value, or elements of another width.
    case none
    /// The same kind with another width or sign; of elements, another sign.
    case kind
    /// The same.
    case exact
  }

  /// How near this type comes to `other`.
  public func likeness(to other: ValueType) -> Likeness {
    switch (self, other) {
    case _ where self == other: .exact
    case (.one(let left), .one(let right)) where left.kind == right.kind: .kind
    case (.many(let left), .many(let right))
    where left.kind == right.kind && left.byteCount == right.byteCount && left.byteCount != nil:
      .kind
    default: .none
    }
  }
}

extension MetadataType {
  /// What a value is, whatever its width.
  fileprivate var kind: Kind {
    switch self {
    case .uint8, .int8, .uint16, .int16, .uint32, .int32, .uint64, .int64: .integer
    case .float32, .float64: .float
    case .bool: .bool
    case .string: .string
    case .array: .array
    }
  }

  fileprivate enum Kind { case integer, float, bool, string, array }
}
