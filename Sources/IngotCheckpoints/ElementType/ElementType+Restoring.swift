import IngotEncodings

extension ElementType {
  /// Converts elements that ``convertExactly(_:into:)`` stored back to this type, bit by bit.
  ///
  /// - Parameters:
  ///   - stored: Elements of ``exactEncoding``. They need no alignment.
  ///   - bytes: Receives the elements of this type. It needs no alignment.
  /// - Throws: ``ElementTypeError`` with ``ElementTypeError/Code/noValue`` for an element that the type does not have,
  ///   ``ElementTypeError/Code/noDecoder`` for the 6-bit floats. What `bytes` holds then is unspecified.
  /// - Precondition: The two hold equally many elements: `exactByteCount(elements: n)` and `byteCount(elements: n)` bytes.
  /// - Complexity: O(*n*) in the number of elements.
  public func restore(_ stored: RawSpan, into bytes: inout MutableRawSpan) throws(ElementTypeError) {
    switch self {
    case .int8, .int16, .int32, .int64, .float16, .bfloat16, .float32, .float64, .complex64, .blocks:
      precondition(stored.byteCount == bytes.byteCount, "the bytes and the room for them differ")
      stored.withUnsafeBytes { stored in bytes.withUnsafeMutableBytes { $0.copyMemory(from: stored) } }
    case .bool: try restore(stored, Int8.self, into: &bytes) { $0 == 0 || $0 == 1 ? UInt8($0) : nil }
    case .uint8: try restore(stored, Int16.self, into: &bytes) { UInt8(exactly: $0) }
    case .uint16: try restore(stored, Int32.self, into: &bytes) { UInt16(exactly: $0) }
    case .uint32: try restore(stored, Int64.self, into: &bytes) { UInt32(exactly: $0) }
    case .uint64: try restore(stored, Int64.self, into: &bytes) { UInt64(exactly: $0) }
    case .float8E5M2:
      try restore(stored, UInt16.self, into: &bytes) { $0 & 0xFF == 0 ? UInt8($0 >> 8) : nil }
    case .float8E4M3: try restore(stored, through: CodeTable.float8E4M3, into: &bytes)
    case .float8E8M0: try restore(stored, through: CodeTable.float8E8M0, into: &bytes)
    case .float8E4M3FNUZ: try restore(stored, through: CodeTable.float8E4M3FNUZ, into: &bytes)
    case .float8E5M2FNUZ: try restore(stored, through: CodeTable.float8E5M2FNUZ, into: &bytes)
    case .float4E2M1:
      let codes = CodeTable.float4E2M1.codes
      try restore(stored, UInt32.self, into: &bytes) { pair -> UInt8? in
        guard let low = codes[UInt16(truncatingIfNeeded: pair)], let high = codes[UInt16(pair >> 16)] else {
          return nil
        }
        return low | high << 4
      }
    case .float6E2M3, .float6E3M2, .ternary: throw ElementTypeError(.noDecoder, self)
    }
  }

  private func restore(
    _ stored: RawSpan, through table: CodeTable, into bytes: inout MutableRawSpan
  ) throws(ElementTypeError) {
    let codes = table.codes
    try restore(stored, UInt16.self, into: &bytes) { codes[$0] }
  }

  /// Sets each element to what `transform` makes of its stored form; `nil` refuses it.
  private func restore<Stored: BitwiseCopyable & FixedWidthInteger, Element: BitwiseCopyable>(
    _ stored: RawSpan, _: Stored.Type, into bytes: inout MutableRawSpan, _ transform: (Stored) -> Element?
  ) throws(ElementTypeError) {
    let (storedSize, size) = (MemoryLayout<Stored>.size, MemoryLayout<Element>.size)
    let count = stored.byteCount / storedSize
    precondition(
      count * storedSize == stored.byteCount && count * size == bytes.byteCount,
      "the bytes and the room for them differ")
    for index in 0..<count {
      let number = stored.unsafeLoadUnaligned(fromByteOffset: index * storedSize, as: Stored.self)
      guard let element = transform(number) else {
        throw ElementTypeError(
          .noValue, self, index: index,
          bits: UInt64(truncatingIfNeeded: number) & (.max >> (64 - 8 * storedSize)))
      }
      bytes.storeBytes(of: element, toByteOffset: index * size, as: Element.self)
    }
  }
}
