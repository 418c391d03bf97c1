import IngotEncodings

extension ElementType {
  /// The bytes that so many elements take in ``exactEncoding``, or `nil` if that cannot be counted.
  public func exactByteCount(elements: Int) -> Int? {
    Checked.product(elements, valuesPerElement).flatMap { exactEncoding.byteCount(elements: $0) }
  }

  /// Converts whole elements to ``exactEncoding``, value for value, without loss.
  ///
  /// Types that have an encoding of their own are copied byte by byte, NaN payloads included. Any run of elements
  /// converts by itself. Nothing is allocated. When an error is thrown, the contents of `stored` are unspecified.
  ///
  /// - Parameters:
  ///   - bytes: Whole elements, of blocks whole blocks. They need no alignment.
  ///   - stored: Receives the converted elements. It needs no alignment.
  /// - Throws: ``ElementTypeError`` with the index of the element to blame: ``ElementTypeError/Code/tooLarge``,
  ///   ``ElementTypeError/Code/noValue``; ``ElementTypeError/Code/noDecoder``.
  /// - Precondition: The two hold equally many elements: `byteCount(elements: n)` and `exactByteCount(elements: n)` bytes.
  /// - Complexity: O(*n*) in the number of elements.
  public func convertExactly(_ bytes: RawSpan, into stored: inout MutableRawSpan) throws(ElementTypeError) {
    switch self {
    case .bool:
      try checkBooleans(bytes)
      Self.copy(bytes, into: &stored)
    case .uint64:
      try checkSigns(bytes)
      Self.copy(bytes, into: &stored)
    case .int8, .int16, .int32, .int64, .float16, .bfloat16, .float32, .float64, .complex64, .blocks:
      Self.copy(bytes, into: &stored)
    case .uint8: Self.convert(bytes, UInt8.self, into: &stored) { Int16($0) }
    case .uint16: Self.convert(bytes, UInt16.self, into: &stored) { Int32($0) }
    case .uint32: Self.convert(bytes, UInt32.self, into: &stored) { Int64($0) }
    case .float8E5M2: Self.convert(bytes, UInt8.self, into: &stored) { UInt16($0) << 8 }
    case .float8E4M3: Self.convert(bytes, through: CodeTable.float8E4M3, into: &stored)
    case .float8E8M0: Self.convert(bytes, through: CodeTable.float8E8M0, into: &stored)
    case .float8E4M3FNUZ: Self.convert(bytes, through: CodeTable.float8E4M3FNUZ, into: &stored)
    case .float8E5M2FNUZ: Self.convert(bytes, through: CodeTable.float8E5M2FNUZ, into: &stored)
    case .float4E2M1:
      CodeTable.float4E2M1.stored.withUnsafeBufferPointer { table in
        Self.convert(bytes, UInt8.self, into: &stored) { byte in
          UInt32(table[Int(byte & 0x0F)]) | UInt32(table[Int(byte >> 4)]) << 16
        }
      }
    case .float6E2M3, .float6E3M2: throw ElementTypeError(.noDecoder, self)
    case .ternary(let scale):
      try TernaryCodes.check(bytes, self)
      switch exactEncoding {
      case .f16: Self.convert(bytes, codes: HalfPrecision.bits(scale), into: &stored)
      case .bf16: Self.convert(bytes, codes: BFloat16.bits(scale), into: &stored)
      default:
        let words = TernaryCodes.table(scale.bitPattern, minus: (-scale).bitPattern)
        Self.convert(bytes, UInt8.self, into: &stored) { byte in TernaryCodes.look(up: byte, in: words) }
      }
    }
  }

  /// Refuses an integer that is negative when it is read as a signed one.
  private func checkSigns(_ bytes: RawSpan) throws(ElementTypeError) {
    let wrong = bytes.withUnsafeBytes { bytes -> (index: Int, bits: UInt64)? in
      for index in 0..<bytes.count / 8 {
        let bits = bytes.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self)
        if bits > UInt64(Int64.max) { return (index, bits) }
      }
      return nil
    }
    if let wrong { throw ElementTypeError(.tooLarge, self, index: wrong.index, bits: wrong.bits) }
  }

  private static func copy(_ bytes: RawSpan, into stored: inout MutableRawSpan) {
    precondition(bytes.byteCount == stored.byteCount, "the bytes and the room for them differ")
    bytes.withUnsafeBytes { bytes in stored.withUnsafeMutableBytes { $0.copyMemory(from: bytes) } }
  }

  @inline(__always)
  private static func convert<Source: BitwiseCopyable, Result: BitwiseCopyable>(
    _ bytes: RawSpan, _: Source.Type, into stored: inout MutableRawSpan, _ transform: (Source) -> Result
  ) {
    let (sourceSize, resultSize) = (MemoryLayout<Source>.size, MemoryLayout<Result>.size)
    let count = bytes.byteCount / sourceSize
    precondition(
      count * sourceSize == bytes.byteCount && count * resultSize == stored.byteCount,
      "the bytes and the room for them differ")
    bytes.withUnsafeBytes { bytes in
      stored.withUnsafeMutableBytes { stored in
        for index in 0..<count {
          let source = bytes.loadUnaligned(fromByteOffset: index * sourceSize, as: Source.self)
          stored.storeBytes(of: transform(source), toByteOffset: index * resultSize, as: Result.self)
        }
      }
    }
  }

  /// Converts ternary codes to the 16 bits that stand for their scale, with the sign in the highest.
  private static func convert(_ bytes: RawSpan, codes scale: UInt16, into stored: inout MutableRawSpan) {
    let words = TernaryCodes.table(scale, minus: scale | 0x8000)
    convert(bytes, UInt8.self, into: &stored) { byte in TernaryCodes.look(up: byte, in: words) }
  }

  private static func convert(_ bytes: RawSpan, through table: CodeTable, into stored: inout MutableRawSpan) {
    table.stored.withUnsafeBufferPointer { table in
      convert(bytes, UInt8.self, into: &stored) { table[Int($0)] }
    }
  }
}
