/// I8, I16, I32, I64: a two's complement integer a value.
///
/// Decoding gives the nearest Float32, ties to even. Encoding takes whole numbers in range and nothing else; the
/// negative zero is a zero.
///
/// Specification: clause E8.
protocol IntegerCodec: ElementCodec where Stored: FixedWidthInteger {}

extension IntegerCodec {
  static func value(_ stored: Stored) -> Float { Float(stored) }
  static func stored(_ value: Float) -> Stored { Stored(exactly: value) ?? 0 }
  static func refuses(_ value: Float) -> Bool { Stored(exactly: value) == nil }
}

enum I8: IntegerCodec { typealias Stored = Int8 }
enum I16: IntegerCodec { typealias Stored = Int16 }
enum I32: IntegerCodec { typealias Stored = Int32 }
enum I64: IntegerCodec { typealias Stored = Int64 }
