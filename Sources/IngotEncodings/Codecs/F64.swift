/// F64: IEEE 754 double precision.
///
/// Encoding is exact; decoding gives the nearest Float32, ties to even.
///
/// Specification: clause E7.
enum F64: ElementCodec {
  static func value(_ stored: UInt64) -> Float { Float(Double(bitPattern: stored)) }
  static func stored(_ value: Float) -> UInt64 { Double(value).bitPattern }
  static func refuses(_ value: Float) -> Bool { false }
}
