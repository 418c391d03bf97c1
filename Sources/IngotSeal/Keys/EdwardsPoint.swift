import IngotEncodings

/// What a strict verifier refuses of the numbers in Ed25519 keys and signatures, and swift-crypto does not.
///
/// Specification: `spec/seal.md`, clause L11.
enum EdwardsPoint {
  /// 2^255 - 19, lowest byte first.
  private static let prime: [UInt8] = [0xED] + [UInt8](repeating: 0xFF, count: 30) + [0x7F]
  /// The order of the group, lowest byte first.
  private static let order: [UInt8] = [
    0xED, 0xD3, 0xF5, 0x5C, 0x1A, 0x63, 0x12, 0x58, 0xD6, 0x9C, 0xF7, 0xA2, 0xDE, 0xF9, 0xDE, 0x14, 0, 0, 0,
    0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0x10,
  ]
  /// The y of the points whose order is 1, 2, 4 or 8: with them a signature holds for many messages.
  private static let smallOrder: [[UInt8]] = [
    [UInt8](repeating: 0, count: 32),
    [1] + [UInt8](repeating: 0, count: 31),
    [0xEC] + [UInt8](repeating: 0xFF, count: 30) + [0x7F],
    [
      0x26, 0xE8, 0x95, 0x8F, 0xC2, 0xB2, 0x27, 0xB0, 0x45, 0xC3, 0xF4, 0x89, 0xF2, 0xEF, 0x98, 0xF0, 0xD5,
      0xDF,
      0xAC, 0x05, 0xD3, 0xC6, 0x33, 0x39, 0xB1, 0x38, 0x02, 0x88, 0x6D, 0x53, 0xFC, 0x05,
    ],
    [
      0xC7, 0x17, 0x6A, 0x70, 0x3D, 0x4D, 0xD8, 0x4F, 0xBA, 0x3C, 0x0B, 0x76, 0x0D, 0x10, 0x67, 0x0F, 0x2A,
      0x20,
      0x53, 0xFA, 0x2C, 0x39, 0xCC, 0xC6, 0x4E, 0xC7, 0xFD, 0x77, 0x92, 0xAC, 0x03, 0x7A,
    ],
  ]

  /// Why 32 bytes must not be taken for a point; `nil` if they may.
  static func fault(_ bytes: some Collection<UInt8>) -> String? {
    var y = Array(bytes)
    guard y.count == 32 else { return y.count.counted("byte") }
    y[31] &= 0x7F
    if !isLess(y, prime) { return "a point that is not in its canonical form" }
    if smallOrder.contains(y) { return "a point of small order" }
    return isOnCurve(FieldElement(bytes: y)) ? nil : "no point of the curve"
  }

  /// Whether some x fits: x^2 = (y^2 - 1) / (d y^2 + 1), of which the product of both is a square if and only if the quotient is.
  private static func isOnCurve(_ y: FieldElement) -> Bool {
    let square = y * y
    return ((square + -FieldElement(1)) * (.curveConstant * square + FieldElement(1))).isSquare
  }

  /// Whether 32 bytes are a number below the order of the group.
  static func isScalar(_ bytes: some Collection<UInt8>) -> Bool { isLess(Array(bytes), order) }

  private static func isLess(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    left.reversed().lexicographicallyPrecedes(right.reversed())
  }
}
