/// A metadata value with its exact type, so that writing it gives the same bytes.
///
/// Values are equal when their types and bytes are: floats compare by bit pattern, strings byte by byte.
///
/// Specification: `spec/container.md`, clauses C9 to C12.
public enum MetadataValue: Sendable {
  /// An unsigned 8-bit integer.
  case uint8(UInt8)
  /// A signed 8-bit integer.
  case int8(Int8)
  /// An unsigned 16-bit integer.
  case uint16(UInt16)
  /// A signed 16-bit integer.
  case int16(Int16)
  /// An unsigned 32-bit integer.
  case uint32(UInt32)
  /// A signed 32-bit integer.
  case int32(Int32)
  /// An unsigned 64-bit integer.
  case uint64(UInt64)
  /// A signed 64-bit integer.
  case int64(Int64)
  /// A single-precision float.
  case float32(Float)
  /// A double-precision float.
  case float64(Double)
  /// True or false.
  case bool(Bool)
  /// Text.
  case string(String)
  /// Values of one type.
  case array(MetadataArray)
}

extension MetadataValue {
  /// The type that stands before the value in the file.
  public var type: MetadataType {
    switch self {
    case .uint8: .uint8
    case .int8: .int8
    case .uint16: .uint16
    case .int16: .int16
    case .uint32: .uint32
    case .int32: .int32
    case .uint64: .uint64
    case .int64: .int64
    case .float32: .float32
    case .float64: .float64
    case .bool: .bool
    case .string: .string
    case .array: .array
    }
  }

  /// The value as an integer, if it is of an integer type and fits `Int`.
  public var integer: Int? {
    switch self {
    case .uint8(let value): Int(value)
    case .int8(let value): Int(value)
    case .uint16(let value): Int(value)
    case .int16(let value): Int(value)
    case .uint32(let value): Int(exactly: value)
    case .int32(let value): Int(value)
    case .uint64(let value): Int(exactly: value)
    case .int64(let value): Int(exactly: value)
    case .float32, .float64, .bool, .string, .array: nil
    }
  }

  /// The value as a float, if it is of a float type.
  public var float: Double? {
    switch self {
    case .float32(let value): Double(value)
    case .float64(let value): value
    default: nil
    }
  }
}

extension MetadataValue: Hashable {
  /// Whether types and bytes are the same.
  public static func == (left: Self, right: Self) -> Bool {
    switch (left, right) {
    case (.string(let left), .string(let right)): left.hasSameBytes(as: right)
    case (.array(let left), .array(let right)): left == right
    default: left.type == right.type && left.scalarBits == right.scalarBits
    }
  }

  /// Hashes type and bytes.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(type)
    switch self {
    case .string(let text): text.hashBytes(into: &hasher)
    case .array(let array): hasher.combine(array)
    default: hasher.combine(scalarBits)
    }
  }
}

extension MetadataValue: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral {
  /// Makes a string.
  public init(stringLiteral value: String) { self = .string(value) }
  /// Makes a boolean.
  public init(booleanLiteral value: Bool) { self = .bool(value) }
}

extension MetadataValue {
  /// The bits of a value of fixed size; 0 for strings and arrays.
  private var scalarBits: UInt64 {
    switch self {
    case .uint8(let value): UInt64(value.metadataBits)
    case .int8(let value): UInt64(value.metadataBits)
    case .uint16(let value): UInt64(value.metadataBits)
    case .int16(let value): UInt64(value.metadataBits)
    case .uint32(let value): UInt64(value.metadataBits)
    case .int32(let value): UInt64(value.metadataBits)
    case .uint64(let value): value
    case .int64(let value): value.metadataBits
    case .float32(let value): UInt64(value.metadataBits)
    case .float64(let value): value.metadataBits
    case .bool(let value): UInt64(value.metadataBits)
    case .string, .array: 0
    }
  }

  /// The value of fixed size that these bytes hold, or `nil` where `type` has no fixed size.
  ///
  /// - Precondition: the bytes from `position` on hold the value.
  init?(scalar type: MetadataType, in bytes: UnsafeRawBufferPointer, at position: Int) {
    func load<Scalar: MetadataScalar>(_: Scalar.Type) -> Scalar {
      Scalar(metadataBits: bytes.littleEndian(Scalar.Bits.self, at: position))
    }
    switch type {
    case .uint8: self = .uint8(load(UInt8.self))
    case .int8: self = .int8(load(Int8.self))
    case .uint16: self = .uint16(load(UInt16.self))
    case .int16: self = .int16(load(Int16.self))
    case .uint32: self = .uint32(load(UInt32.self))
    case .int32: self = .int32(load(Int32.self))
    case .uint64: self = .uint64(load(UInt64.self))
    case .int64: self = .int64(load(Int64.self))
    case .float32: self = .float32(load(Float.self))
    case .float64: self = .float64(load(Double.self))
    case .bool: self = .bool(load(Bool.self))
    case .string, .array: return nil
    }
  }

  /// The bytes of the value in the file, without its type.
  var encodedByteCount: Int {
    switch self {
    case .string(let text): 8 + text.utf8.count
    case .array(let array): array.encodedByteCount
    default: type.byteCount ?? 0
    }
  }

  /// Appends the value as it stands in the file, without its type.
  func encode(into bytes: inout [UInt8]) {
    switch self {
    case .string(let text): bytes.append(sized: text)
    case .array(let array): array.encode(into: &bytes)
    default:
      let byteCount = type.byteCount ?? 0
      withUnsafeBytes(of: scalarBits.littleEndian) { bytes.append(contentsOf: $0.prefix(byteCount)) }
    }
  }
}
