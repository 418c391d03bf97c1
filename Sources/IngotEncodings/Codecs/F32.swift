/// F32: IEEE 754 single precision, stored as it is.
///
/// Carries every bit pattern, NaN payloads included.
///
/// Specification: clause E4.
enum F32: ElementCodec {
  static func value(_ stored: UInt32) -> Float { Float(bitPattern: stored) }
  static func stored(_ value: Float) -> UInt32 { value.bitPattern }
  static func refuses(_ value: Float) -> Bool { false }
}
