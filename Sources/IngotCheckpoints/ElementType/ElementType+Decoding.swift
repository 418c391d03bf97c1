import IngotEncodings

extension ElementType {
  /// Decodes whole elements to Float32: the nearest value, ties to even.
  ///
  /// Only integers beyond 2^24 and ``float64`` are ever rounded. NaN and infinity are decoded, not refused. A
  /// ``complex64`` gives two values, the real part first. Nothing is allocated.
  ///
  /// - Parameters:
  ///   - bytes: Whole elements, of blocks whole blocks. They need no alignment.
  ///   - values: Receives ``valuesPerElement`` values for each element.
  /// - Throws: ``ElementTypeError/Code/noDecoder``, ``ElementTypeError/Code/noValue``.
  /// - Precondition: `byteCount(elements: values.count / valuesPerElement) == bytes.byteCount`.
  /// - Complexity: O(*n*) in the number of elements.
  public func decode(_ bytes: RawSpan, into values: inout MutableSpan<Float>) throws(ElementTypeError) {
    guard canDecode else { throw ElementTypeError(.noDecoder, self) }
    precondition(
      values.count.isMultiple(of: valuesPerElement)
        && byteCount(elements: values.count / valuesPerElement) == bytes.byteCount,
      "the bytes and the values differ in number")
    switch self {
    case .bool:
      try checkBooleans(bytes)
      Self.map(bytes, UInt8.self, into: &values) { Float($0) }
    case .uint8: Self.map(bytes, UInt8.self, into: &values) { Float($0) }
    case .uint16: Self.map(bytes, UInt16.self, into: &values) { Float($0) }
    case .uint32: Self.map(bytes, UInt32.self, into: &values) { Float($0) }
    case .uint64: Self.map(bytes, UInt64.self, into: &values) { Float($0) }
    case .float8E5M2: Self.look(up: bytes, in: CodeTable.float8E5M2.values, into: &values)
    case .float8E4M3: Self.look(up: bytes, in: CodeTable.float8E4M3.values, into: &values)
    case .float8E8M0: Self.look(up: bytes, in: CodeTable.float8E8M0.values, into: &values)
    case .float8E4M3FNUZ: Self.look(up: bytes, in: CodeTable.float8E4M3FNUZ.values, into: &values)
    case .float8E5M2FNUZ: Self.look(up: bytes, in: CodeTable.float8E5M2FNUZ.values, into: &values)
    case .float4E2M1: Self.look(upHalvesOf: bytes, in: CodeTable.float4E2M1.values, into: &values)
    case .float6E2M3, .float6E3M2: throw ElementTypeError(.noDecoder, self)
    case .ternary(let scale):
      try TernaryCodes.check(bytes, self)
      TernaryCodes.decode(bytes, scale: scale, into: &values)
    case .int8, .int16, .int32, .int64, .float16, .bfloat16, .float32, .float64, .complex64, .blocks:
      do {
        try exactEncoding.decode(bytes, into: &values)
      } catch {
        throw ElementTypeError(.noDecoder, self)
      }
    }
  }

  /// Refuses a byte other than 0 and 1.
  func checkBooleans(_ bytes: RawSpan) throws(ElementTypeError) {
    let wrong = bytes.withUnsafeBytes { bytes in
      // One pass without a branch; the place is looked for only when there is one.
      bytes.reduce(0, |) <= 1 ? nil : bytes.firstIndex { $0 > 1 }
    }
    guard let wrong else { return }
    throw ElementTypeError(
      .noValue, self, index: wrong, bits: UInt64(bytes.unsafeLoad(fromByteOffset: wrong, as: UInt8.self)))
  }

  /// Sets each value to what `transform` makes of its stored number.
  @inline(__always)
  static func map<Stored: BitwiseCopyable, Value: BitwiseCopyable>(
    _ bytes: RawSpan, _: Stored.Type, into values: inout MutableSpan<Value>, _ transform: (Stored) -> Value
  ) {
    bytes.withUnsafeBytes { bytes in
      values.withUnsafeMutableBufferPointer { values in
        for index in values.indices {
          let offset = index * MemoryLayout<Stored>.size
          values[index] = transform(bytes.loadUnaligned(fromByteOffset: offset, as: Stored.self))
        }
      }
    }
  }

  /// Sets each value to the row of a table that its byte names.
  static func look<Value: BitwiseCopyable>(
    up bytes: RawSpan, in table: [Value], into values: inout MutableSpan<Value>
  ) {
    precondition(table.count == 256)
    table.withUnsafeBufferPointer { table in
      map(bytes, UInt8.self, into: &values) { table[Int($0)] }
    }
  }

  /// Sets each value to the row of a table that half a byte names, the low half first.
  static func look<Value: BitwiseCopyable>(
    upHalvesOf bytes: RawSpan, in table: [Value], into values: inout MutableSpan<Value>
  ) {
    precondition(table.count == 16)
    bytes.withUnsafeBytes { bytes in
      values.withUnsafeMutableBufferPointer { values in
        for (index, byte) in bytes.enumerated() {
          values[2 * index] = table[Int(byte & 0x0F)]
          values[2 * index + 1] = table[Int(byte >> 4)]
        }
      }
    }
  }
}
