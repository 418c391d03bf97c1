import IngotEncodings

/// What one element of a checkpoint's tensor is, and how its bits are laid out.
///
/// To add a type, add its case, its row in `ElementType.layout`, and what ``ElementType/decode(_:into:)`` and
/// ``ElementType/convertExactly(_:into:)`` do with it: the compiler asks for each.
///
/// Specification: `spec/safetensors.md`, clause S5.
public enum ElementType: Sendable, Hashable {
  /// A truth value: a byte that is 0 or 1.
  case bool
  /// An unsigned byte.
  case uint8
  /// A two's complement byte.
  case int8
  /// An unsigned integer of 16 bits, little-endian, as all wider types are.
  case uint16
  /// A two's complement integer of 16 bits.
  case int16
  /// An unsigned integer of 32 bits.
  case uint32
  /// A two's complement integer of 32 bits.
  case int32
  /// An unsigned integer of 64 bits.
  case uint64
  /// A two's complement integer of 64 bits.
  case int64
  /// IEEE 754 half precision.
  case float16
  /// The upper 16 bits of a single-precision number.
  case bfloat16
  /// IEEE 754 single precision.
  case float32
  /// IEEE 754 double precision.
  case float64
  /// 1 sign, 4 exponent (bias 7), 3 fraction bits; no infinity, NaN is 0x7F and 0xFF (OCP OFP8).
  case float8E4M3
  /// The upper byte of a half: 1 sign, 5 exponent (bias 15), 2 fraction bits (OCP OFP8).
  case float8E5M2
  /// A power of two, 2^(code − 127); 0xFF is NaN (OCP MX).
  case float8E8M0
  /// 1 sign, 4 exponent (bias 8), 3 fraction bits; no infinity, no negative zero: 0x80 is NaN.
  case float8E4M3FNUZ
  /// 1 sign, 5 exponent (bias 16), 2 fraction bits; no infinity, no negative zero: 0x80 is NaN.
  case float8E5M2FNUZ
  /// 1 sign, 2 exponent (bias 1), 3 fraction bits, all codes finite (OCP MX); their order in a byte is not defined.
  case float6E2M3
  /// 1 sign, 3 exponent (bias 3), 2 fraction bits, all codes finite (OCP MX); their order in a byte is not defined.
  case float6E3M2
  /// 1 sign, 2 exponent (bias 1), 1 fraction bit, all codes finite (OCP MX); two a byte, the first in the low half.
  case float4E2M1
  /// A complex number: two single-precision numbers, the real part first.
  case complex64
  /// A ternary code times `scale`: 0, 1 and 2 stand for -scale, 0 and scale; four a byte, the first in the lowest bits.
  ///
  /// What the packed weights of BitNet become: `spec/safetensors.md`, clause S9. The scale is finite and not negative.
  case ternary(scale: Float)
  /// A quantized encoding of GGUF, whose elements stand in blocks.
  case blocks(Encoding)

  /// The type of a GGUF tensor's elements: the plain type where the encoding is one, else ``blocks(_:)``.
  public init(_ encoding: Encoding) {
    switch encoding {
    case .i8: self = .int8
    case .i16: self = .int16
    case .i32: self = .int32
    case .i64: self = .int64
    case .f16: self = .float16
    case .bf16: self = .bfloat16
    case .f32: self = .float32
    case .f64: self = .float64
    default: self = .blocks(encoding)
    }
  }

  /// All types that safetensors names: neither the ternary codes nor the blocks.
  public static let plainTypes: [ElementType] = [
    .bool, .uint8, .int8, .uint16, .int16, .uint32, .int32, .uint64, .int64, .float16, .bfloat16, .float32,
    .float64, .float8E4M3, .float8E5M2, .float8E8M0, .float8E4M3FNUZ, .float8E5M2FNUZ, .float6E2M3,
    .float6E3M2,
    .float4E2M1, .complex64,
  ]
}
