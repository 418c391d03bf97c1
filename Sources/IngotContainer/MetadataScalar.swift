/// A Swift type with the same values as one of the fixed-size metadata types.
///
/// The conformances are those of this module; there are no further types in the format.
public protocol MetadataScalar: BitwiseCopyable, Sendable {
  /// The metadata type of the same values.
  static var metadataType: MetadataType { get }
  /// The unsigned integer of the same size whose bits stand in the file.
  associatedtype Bits: FixedWidthInteger & UnsignedInteger & BitwiseCopyable & Sendable
  /// The value that these bits mean.
  init(metadataBits bits: Bits)
  /// The bits of this value.
  var metadataBits: Bits { get }
}

extension MetadataScalar where Self: FixedWidthInteger {
  /// The integer of these bits, in two's complement.
  public init(metadataBits bits: Bits) { self.init(truncatingIfNeeded: bits) }
  /// The bits of the integer, in two's complement.
  public var metadataBits: Bits { Bits(truncatingIfNeeded: self) }
}

extension UInt8: MetadataScalar {
  /// `UINT8`.
  public static var metadataType: MetadataType { .uint8 }
  /// The bits in the file.
  public typealias Bits = UInt8
}

extension Int8: MetadataScalar {
  /// `INT8`.
  public static var metadataType: MetadataType { .int8 }
  /// The bits in the file.
  public typealias Bits = UInt8
}

extension UInt16: MetadataScalar {
  /// `UINT16`.
  public static var metadataType: MetadataType { .uint16 }
  /// The bits in the file.
  public typealias Bits = UInt16
}

extension Int16: MetadataScalar {
  /// `INT16`.
  public static var metadataType: MetadataType { .int16 }
  /// The bits in the file.
  public typealias Bits = UInt16
}

extension UInt32: MetadataScalar {
  /// `UINT32`.
  public static var metadataType: MetadataType { .uint32 }
  /// The bits in the file.
  public typealias Bits = UInt32
}

extension Int32: MetadataScalar {
  /// `INT32`.
  public static var metadataType: MetadataType { .int32 }
  /// The bits in the file.
  public typealias Bits = UInt32
}

extension UInt64: MetadataScalar {
  /// `UINT64`.
  public static var metadataType: MetadataType { .uint64 }
  /// The bits in the file.
  public typealias Bits = UInt64
}

extension Int64: MetadataScalar {
  /// `INT64`.
  public static var metadataType: MetadataType { .int64 }
  /// The bits in the file.
  public typealias Bits = UInt64
}

extension Float: MetadataScalar {
  /// `FLOAT32`.
  public static var metadataType: MetadataType { .float32 }
  /// The float of these bits.
  public init(metadataBits bits: UInt32) { self.init(bitPattern: bits) }
  /// The bits of the float.
  public var metadataBits: UInt32 { bitPattern }
}

extension Double: MetadataScalar {
  /// `FLOAT64`.
  public static var metadataType: MetadataType { .float64 }
  /// The float of these bits.
  public init(metadataBits bits: UInt64) { self.init(bitPattern: bits) }
  /// The bits of the float.
  public var metadataBits: UInt64 { bitPattern }
}

extension Bool: MetadataScalar {
  /// `BOOL`.
  public static var metadataType: MetadataType { .bool }
  /// Whether the byte is not 0; the reader has refused bytes above 1.
  public init(metadataBits bits: UInt8) { self = bits != 0 }
  /// 0 or 1.
  public var metadataBits: UInt8 { self ? 1 : 0 }
}
