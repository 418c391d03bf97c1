/// The bytes before the data of a NumPy array file (`.npy`), format 1.0, or 2.0 where a shape needs it.
///
/// Specification: NumPy Enhancement Proposal 1, "A Simple File Format for NumPy Arrays".
public enum NPYHeader {
  /// The header of an array whose elements follow in row-major order, little-endian, as checkpoints hold them.
  ///
  /// Its length is a multiple of 64, so that mapped data is aligned.
  ///
  /// - Parameters:
  ///   - type: What the elements are.
  ///   - shape: The dimensions, slowest first; empty for a scalar.
  /// - Returns: The bytes, or `nil` if NumPy has no such type, as for ``ElementType/bfloat16``.
  /// - Precondition: No dimension is negative.
  public static func bytes(type: ElementType, shape: [Int]) -> [UInt8]? {
    precondition(shape.allSatisfy { $0 >= 0 }, "a negative dimension")
    guard let description = description(of: type) else { return nil }
    // A tuple of one is written with a comma.
    let tuple = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
    let text = "{'descr': '\(description)', 'fortran_order': False, 'shape': (\(tuple)), }"
    // Version 1.0 counts the text in two bytes, 2.0 in four.
    return bytes(text, lengthByteCount: 2) ?? bytes(text, lengthByteCount: 4)
  }

  private static func bytes(_ text: String, lengthByteCount: Int) -> [UInt8]? {
    let start = 8 + lengthByteCount
    let end = (start + text.utf8.count + 1 + 63) / 64 * 64
    let length = end - start
    guard length < 1 << (8 * lengthByteCount) else { return nil }
    var bytes: [UInt8] = [0x93] + Array("NUMPY".utf8) + [lengthByteCount == 2 ? 1 : 2, 0]
    for index in 0..<lengthByteCount { bytes.append(UInt8(truncatingIfNeeded: length >> (8 * index))) }
    bytes += text.utf8
    bytes += [UInt8](repeating: 0x20, count: end - bytes.count - 1)
    bytes.append(0x0A)
    return bytes
  }

  /// What NumPy calls the type.
  private static func description(of type: ElementType) -> String? {
    switch type {
    case .bool: "|b1"
    case .uint8: "|u1"
    case .int8: "|i1"
    case .uint16: "<u2"
    case .int16: "<i2"
    case .uint32: "<u4"
    case .int32: "<i4"
    case .uint64: "<u8"
    case .int64: "<i8"
    case .float16: "<f2"
    case .float32: "<f4"
    case .float64: "<f8"
    case .complex64: "<c8"
    case .bfloat16, .float8E4M3, .float8E5M2, .float8E8M0, .float8E4M3FNUZ, .float8E5M2FNUZ, .float6E2M3,
      .float6E3M2, .float4E2M1, .ternary, .blocks:
      nil
    }
  }
}
