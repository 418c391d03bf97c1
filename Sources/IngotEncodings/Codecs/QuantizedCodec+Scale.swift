extension QuantizedDecoder {
  /// Reads the half at an offset.
  @inline(__always)
  static func half(_ block: UnsafeRawPointer, at offset: Int) -> Float {
    HalfPrecision.float(block.loadUnaligned(fromByteOffset: offset, as: UInt16.self))
  }

  /// Writes a value as a half, or returns `false` if that would be infinite.
  @inline(__always)
  static func setHalf(_ value: Float, _ block: UnsafeMutableRawPointer, at offset: Int) -> Bool {
    block.storeBytes(of: HalfPrecision.bits(value), toByteOffset: offset, as: UInt16.self)
    return value.magnitude.bitPattern < HalfPrecision.overflow
  }

  /// The factor that takes values to codes: the reciprocal of the scale, of zero 0.
  ///
  /// Infinite if the scale is at most 2^-128, which as a half is zero. Clause E2.8 says what the codes are then.
  @inline(__always)
  static func reciprocal(_ scale: Float) -> Float { scale == 0 ? 0 : 1 / scale }

  /// The factor, or 0 in place of infinity, with which every value gets the code of zero.
  @inline(__always)
  static func finite(_ factor: Float) -> Float { factor.isFinite ? factor : 0 }
}
