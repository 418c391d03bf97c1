/// The types of ONNX tensors by their numbers, and in which field of a tensor their values stand.
///
/// Specification: `spec/onnx.md`, clause O5.
enum ONNXDataType: UInt64, Sendable {
  case float = 1
  case uint8 = 2
  case int8 = 3
  case uint16 = 4
  case int16 = 5
  case int32 = 6
  case int64 = 7
  case string = 8
  case bool = 9
  case float16 = 10
  case double = 11
  case uint32 = 12
  case uint64 = 13
  case complex64 = 14
  case complex128 = 15
  case bfloat16 = 16
  case float8E4M3FN = 17
  case float8E4M3FNUZ = 18
  case float8E5M2 = 19
  case float8E5M2FNUZ = 20
  case uint4 = 21
  case int4 = 22
  case float4E2M1 = 23
  case float8E8M0 = 24
  case uint2 = 25
  case int2 = 26
  case float6E2M3 = 27
  case float6E3M2 = 28

  /// What the elements become; `nil` for those that are not read.
  var element: ElementType? {
    switch self {
    case .float: .float32
    // Four bits, or two, stand in the low bits of a byte of their own.
    case .uint8, .uint4, .uint2: .uint8
    case .int8, .int4, .int2: .int8
    case .uint16: .uint16
    case .int16: .int16
    case .int32: .int32
    case .int64: .int64
    case .bool: .bool
    case .float16: .float16
    case .double: .float64
    case .uint32: .uint32
    case .uint64: .uint64
    case .complex64: .complex64
    case .bfloat16: .bfloat16
    case .float8E4M3FN: .float8E4M3
    case .float8E4M3FNUZ: .float8E4M3FNUZ
    case .float8E5M2: .float8E5M2
    case .float8E5M2FNUZ: .float8E5M2FNUZ
    case .float4E2M1: .float4E2M1
    case .float8E8M0: .float8E8M0
    case .string, .complex128, .float6E2M3, .float6E3M2: nil
    }
  }

  /// The integers of fewer bits than a byte, which stand several in one.
  var packing: BitPacking? {
    switch self {
    case .uint4: BitPacking(bits: 4, isSigned: false)
    case .int4: BitPacking(bits: 4, isSigned: true)
    case .uint2: BitPacking(bits: 2, isSigned: false)
    case .int2: BitPacking(bits: 2, isSigned: true)
    default: nil
    }
  }

  /// The field for values that are numbers of protocol buffers.
  var field: (number: UInt8, form: RepeatedNumbers.Form) {
    switch self {
    case .float, .complex64: (4, .fixed32)
    case .double, .complex128: (10, .fixed64)
    case .int64: (7, .varint)
    case .uint32, .uint64: (11, .varint)
    default: (5, .varint)
    }
  }

  /// The bytes of a number as it is stored.
  var numberByteCount: UInt8 {
    switch self {
    case .double, .int64, .uint64: 8
    case .float, .complex64, .int32, .uint32: 4
    case .uint16, .int16, .float16, .bfloat16: 2
    default: 1
    }
  }

  /// Whether a number of the field is one of the type.
  func holds(_ number: UInt64) -> Bool {
    // As protocol buffers have it, the upper half of a 32-bit number is not looked at.
    let small = Int32(truncatingIfNeeded: number)
    return switch self {
    case .int8: Int8(exactly: small) != nil
    case .int16: Int16(exactly: small) != nil
    case .uint16, .float16, .bfloat16: UInt16(exactly: small) != nil
    case .uint32: UInt32(exactly: number) != nil
    case .bool: small == 0 || small == 1
    case .float, .complex64, .double, .int32, .int64, .uint64: true
    default: UInt8(exactly: small) != nil
    }
  }
}

/// Integers of a few bits, several in a byte, the first in the lowest bits.
struct BitPacking: Sendable {
  let bits: UInt8
  let isSigned: Bool

  var countPerByte: Int { 8 / Int(bits) }

  /// The bytes of so many integers.
  func byteCount(_ count: Int) -> Int { count / countPerByte + (count % countPerByte == 0 ? 0 : 1) }

  /// The integer at a place of a byte, in a byte of its own.
  func unpack(_ byte: UInt8, at place: Int) -> UInt8 {
    let code = byte >> (bits * UInt8(place)) & (1 << bits - 1)
    let isNegative = isSigned && code >> (bits - 1) == 1
    return isNegative ? code | ~(1 << bits - 1) : code
  }
}
