// swift-format-ignore: AlwaysUseLowerCamelCase
/// How the values of a tensor are stored: one row of the table of encodings.
///
/// The raw value is the id that stands in a file's tensor table. An id that is not a case here is unknown, or
/// has been removed from the format, and a reader refuses it: its size is never guessed.
///
/// To add an encoding, add its case, its row in `Encoding.layout` (the compiler asks for it) and a file with its codec.
///
/// Specification: `spec/encodings.md`, clause E1.
public enum Encoding: UInt32, CaseIterable, Sendable, Hashable {
  /// IEEE 754 single precision.
  case f32 = 0
  /// IEEE 754 half precision.
  case f16 = 1
  /// 4-bit codes with a half-precision scale for 32 values.
  case q4_0 = 2
  /// 4-bit codes with a half-precision scale and minimum for 32 values.
  case q4_1 = 3
  /// 5-bit codes with a half-precision scale for 32 values.
  case q5_0 = 6
  /// 5-bit codes with a half-precision scale and minimum for 32 values.
  case q5_1 = 7
  /// 8-bit codes with a half-precision scale for 32 values.
  case q8_0 = 8
  /// 8-bit codes with a scale and a weighted sum for 32 values; an operand of dot products, not a storage encoding.
  case q8_1 = 9
  /// 2-bit codes in super-blocks of 256 values.
  case q2_K = 10
  /// 3-bit codes in super-blocks of 256 values.
  case q3_K = 11
  /// 4-bit codes in super-blocks of 256 values.
  case q4_K = 12
  /// 5-bit codes in super-blocks of 256 values.
  case q5_K = 13
  /// 6-bit codes in super-blocks of 256 values.
  case q6_K = 14
  /// 8-bit codes in super-blocks of 256 values; an operand of dot products, not a storage encoding.
  case q8_K = 15
  /// Codebook of 8 values an entry, 2.06 bits per weight.
  case iq2_xxs = 16
  /// Codebook of 8 values an entry, 2.31 bits per weight.
  case iq2_xs = 17
  /// Codebook of 4 values an entry, 3.06 bits per weight.
  case iq3_xxs = 18
  /// Codebook of 8 ternary values an entry, 1.56 bits per weight.
  case iq1_s = 19
  /// 4-bit codes into 16 fixed, unevenly spaced values, for 32 values.
  case iq4_nl = 20
  /// Codebook of 4 values an entry, 3.44 bits per weight.
  case iq3_s = 21
  /// Codebook of 8 values an entry, 2.56 bits per weight.
  case iq2_s = 22
  /// 4-bit codes into 16 fixed, unevenly spaced values, in super-blocks of 256 values.
  case iq4_xs = 23
  /// Signed 8-bit integers.
  case i8 = 24
  /// Signed 16-bit integers.
  case i16 = 25
  /// Signed 32-bit integers.
  case i32 = 26
  /// Signed 64-bit integers.
  case i64 = 27
  /// IEEE 754 double precision.
  case f64 = 28
  /// Codebook of 8 ternary values an entry, 1.75 bits per weight.
  case iq1_m = 29
  /// The upper 16 bits of a single-precision number.
  case bf16 = 30
  /// Ternary codes, five to a byte, with a half-precision scale for 256 values.
  case tq1_0 = 34
  /// Ternary codes, four to a byte, with a half-precision scale for 256 values.
  case tq2_0 = 35
  /// 4-bit floats with a power-of-two scale for 32 values (OCP Microscaling Formats 1.0).
  case mxfp4 = 39
  /// 4-bit floats with an 8-bit float scale for each 16 of 64 values.
  case nvfp4 = 40
  /// One sign bit a value with a half-precision scale for 128 values.
  case q1_0 = 41
  /// 2-bit codes with a half-precision scale for 64 values.
  case q2_0 = 42
}
