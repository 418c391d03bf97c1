import IngotCheckpoints

/// One value of a tensor, in a type that holds it exactly.
public enum TensorNumber: Sendable, Hashable {
  /// A truth value.
  case boolean(Bool)
  /// A signed integer.
  case signed(Int64)
  /// An unsigned integer.
  case unsigned(UInt64)
  /// A single-precision number; narrower floats and decoded blocks too.
  case single(Float)
  /// A double-precision number.
  case double(Double)
}

extension TensorValues {
  /// Reads values in the type that holds each exactly; what has no such type is decoded to single precision.
  ///
  /// - Precondition: the range is within the tensor.
  /// - Throws: as ``decode(_:into:)``.
  public func numbers(_ elements: Range<Int>) throws -> [TensorNumber] {
    switch type {
    case .bool: try load(UInt8.self, elements) { .boolean($0 != 0) }
    case .uint8: try load(UInt8.self, elements) { .unsigned(UInt64($0)) }
    case .uint16: try load(UInt16.self, elements) { .unsigned(UInt64($0)) }
    case .uint32: try load(UInt32.self, elements) { .unsigned(UInt64($0)) }
    case .uint64: try load(UInt64.self, elements) { .unsigned($0) }
    case .int8: try load(Int8.self, elements) { .signed(Int64($0)) }
    case .int16: try load(Int16.self, elements) { .signed(Int64($0)) }
    case .int32: try load(Int32.self, elements) { .signed(Int64($0)) }
    case .int64: try load(Int64.self, elements) { .signed($0) }
    case .float64: try load(UInt64.self, elements) { .double(Double(bitPattern: $0)) }
    case .float16, .bfloat16, .float32, .float8E4M3, .float8E5M2, .float8E8M0, .float8E4M3FNUZ,
      .float8E5M2FNUZ,
      .float6E2M3, .float6E3M2, .float4E2M1, .ternary, .complex64, .blocks:
      try singles(elements)
    }
  }

  private func singles(_ elements: Range<Int>) throws -> [TensorNumber] {
    var values = [Float](repeating: 0, count: elements.count)
    var span = values.mutableSpan
    try decode(elements, into: &span)
    return values.map(TensorNumber.single)
  }

  private func load<Stored: BitwiseCopyable & FixedWidthInteger>(
    _: Stored.Type, _ elements: Range<Int>, _ number: (Stored) -> TensorNumber
  ) throws -> [TensorNumber] {
    let size = MemoryLayout<Stored>.size
    var bytes = [UInt8](repeating: 0, count: elements.count * size)
    return try bytes.withUnsafeMutableBytes { buffer in
      try read(bytes: elements.lowerBound * size..<elements.upperBound * size, into: buffer)
      return (0..<elements.count).map { index in
        number(Stored(littleEndian: buffer.loadUnaligned(fromByteOffset: index * size, as: Stored.self)))
      }
    }
  }
}
