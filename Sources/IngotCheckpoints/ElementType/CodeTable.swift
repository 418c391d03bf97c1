import IngotEncodings

/// The values of a float type of at most 8 bits, one for each code.
struct CodeTable {
  /// The value of each code.
  let values: [Float]
  /// The value of each code in the type's exact encoding, F16 or BF16; a NaN has no payload.
  let stored: [UInt16]

  private init(codes: Int, value: (Int) -> Float, stored: (Float) -> UInt16 = HalfPrecision.bits) {
    values = (0..<codes).map(value)
    self.stored = values.map(stored)
  }

  /// The code of each value, by how the exact encoding stores it; the first where two are stored alike.
  var codes: [UInt16: UInt8] {
    Dictionary(stored.enumerated().map { ($1, UInt8($0)) }, uniquingKeysWith: { first, _ in first })
  }

  /// OCP 8-bit Floating Point Specification, section 5.
  static let float8E4M3 = CodeTable(codes: 256) { code in
    number(code, exponentBits: 4, fractionBits: 3, bias: 7, isNaN: code & 0x7F == 0x7F)
  }

  /// OCP 8-bit Floating Point Specification, section 5: each code is the upper byte of a half.
  static let float8E5M2 = CodeTable(codes: 256) { HalfPrecision.float(UInt16($0) << 8) }

  /// "8-bit Numerical Formats for Deep Neural Networks" (arXiv 2206.02915).
  static let float8E4M3FNUZ = CodeTable(codes: 256) { code in
    number(code, exponentBits: 4, fractionBits: 3, bias: 8, isNaN: code == 0x80)
  }

  /// "8-bit Numerical Formats for Deep Neural Networks" (arXiv 2206.02915).
  static let float8E5M2FNUZ = CodeTable(codes: 256) { code in
    number(code, exponentBits: 5, fractionBits: 2, bias: 16, isNaN: code == 0x80)
  }

  /// OCP Microscaling Formats, section 5.4.1.
  ///
  /// The smallest, 2^-127, is subnormal in a Float32 and a bfloat16.
  static let float8E8M0 = CodeTable(codes: 256) { code in
    code == 0xFF ? .nan : Float(sign: .plus, exponent: code - 127, significand: 1)
  } stored: {
    BFloat16.bits($0)
  }

  /// OCP Microscaling Formats, section 5.3.3.
  static let float4E2M1 = CodeTable(codes: 16) { code in
    number(code, exponentBits: 2, fractionBits: 1, bias: 1, isNaN: false)
  }

  /// The value of a code: sign, then exponent, then fraction; exponent 0 means subnormal.
  private static func number(
    _ code: Int, exponentBits: Int, fractionBits: Int, bias: Int, isNaN: Bool
  ) -> Float {
    let isNegative = code >> (exponentBits + fractionBits) == 1
    let exponent = code >> fractionBits & (1 << exponentBits - 1)
    let fraction = code & (1 << fractionBits - 1)
    let significand = exponent == 0 ? fraction : 1 << fractionBits | fraction
    let magnitude: Float =
      isNaN
      ? .nan
      : Float(sign: .plus, exponent: max(exponent, 1) - bias - fractionBits, significand: Float(significand))
    return isNegative ? -magnitude : magnitude
  }
}
