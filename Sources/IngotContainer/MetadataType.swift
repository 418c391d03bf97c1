/// The type of a metadata value or of the elements of an array; the raw value is the id in the file.
///
/// Specification: `spec/container.md`, clause C9.
public enum MetadataType: UInt32, CaseIterable, Sendable, Hashable {
  /// An unsigned 8-bit integer.
  case uint8 = 0
  /// A signed 8-bit integer.
  case int8 = 1
  /// An unsigned 16-bit integer.
  case uint16 = 2
  /// A signed 16-bit integer.
  case int16 = 3
  /// An unsigned 32-bit integer.
  case uint32 = 4
  /// A signed 32-bit integer.
  case int32 = 5
  /// IEEE 754 single precision.
  case float32 = 6
  /// One byte, 0 or 1.
  case bool = 7
  /// A length and as many bytes of UTF-8.
  case string = 8
  /// An element type, a count and as many elements.
  case array = 9
  /// An unsigned 64-bit integer.
  case uint64 = 10
  /// A signed 64-bit integer.
  case int64 = 11
  /// IEEE 754 double precision.
  case float64 = 12

  /// The name in the specification, such as `UINT32`.
  public var name: String { "\(self)".uppercased() }

  /// The bytes of a value; `nil` for strings and arrays, whose size varies.
  public var byteCount: Int? {
    switch self {
    case .uint8, .int8, .bool: 1
    case .uint16, .int16: 2
    case .uint32, .int32, .float32: 4
    case .uint64, .int64, .float64: 8
    case .string, .array: nil
    }
  }

  /// The bytes of the smallest value: an empty string is its length, an empty array its element type and count.
  var smallestByteCount: Int {
    switch self {
    case .string: 8
    case .array: 12
    default: byteCount ?? 0
    }
  }
}
