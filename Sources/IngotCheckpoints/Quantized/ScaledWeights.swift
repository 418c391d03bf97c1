import IngotEncodings

/// Codes in the order of the weights, each a number of its type, times a scale.
///
/// Specification: `spec/quantized.md`, clause Q1.3.
struct ScaledWeights: QuantizedWeights {
  /// What is done to a scale before it is used, or to the products.
  enum Adjustment: Sendable {
    case none
    /// The scale is divided by a number.
    case divided(Float)
    /// The product is multiplied by a number.
    case timesProduct(Float)
  }

  /// The tensor with the codes.
  let codes: CheckpointTensor
  /// What its bytes are.
  let type: ElementType
  let width: Int
  let grid: ScaleGrid
  /// What is taken from the codes: an I8 tensor of the scales' layout.
  var zeros: CheckpointTensor?
  /// The integers that codes and zero points may be, if they are fewer than their type has.
  var limits: ClosedRange<Int8>?
  var adjustment = Adjustment.none

  var meaning: [Int] { [Int(type.bitsPerElement), grid.rowsPerScale, grid.columnsPerScale] }

  func decode(
    rows: Range<Int>, columns: Range<Int>, into values: UnsafeMutableBufferPointer<Float>,
    from source: QuantizedSource
  ) throws {
    let start = rows.lowerBound * width + columns.lowerBound
    try decodeCodes(start..<start + values.count, into: values, from: source)
    let range = grid.range(rows: rows, columns: columns)
    var scales = try source.floats(grid.scales, range, as: grid.type)
    if case .divided(let divisor) = adjustment {
      for index in scales.indices { scales[index] /= divisor }
    }
    let zeros = try zeros.map { zeros in
      let numbers: [Int8] = try source.integers(zeros, range)
      try check(numbers, of: zeros, from: range.lowerBound, "zero point", source)
      return numbers
    }
    grid.forEachRun(rows: rows, columns: columns) { place, count, index in
      let scale = scales[index]
      let zero = zeros.map { Float($0[index]) } ?? 0
      if zero == 0 {
        for index in place..<place + count { values[index] *= scale }
      } else {
        for index in place..<place + count { values[index] = (values[index] - zero) * scale }
      }
    }
    if case .timesProduct(let factor) = adjustment {
      for index in values.indices { values[index] *= factor }
    }
  }

  /// The codes as numbers.
  private func decodeCodes(
    _ elements: Range<Int>, into values: UnsafeMutableBufferPointer<Float>, from source: QuantizedSource
  ) throws {
    guard type == .float4E2M1 else {
      let bytes = try source.bytes(codes, elements)
      if limits != nil {
        try check(
          bytes.map { Int8(bitPattern: $0) }, of: codes, from: elements.lowerBound, "code", source)
      }
      return try decode(bytes, into: values, source)
    }
    // Two a byte.
    let bytes = try source.bytes(codes, elements.lowerBound / 2..<(elements.upperBound + 1) / 2)
    guard bytes.count * 2 > elements.count else { return try decode(bytes, into: values, source) }
    var pairs = [Float](repeating: 0, count: bytes.count * 2)
    try pairs.withUnsafeMutableBufferPointer { try decode(bytes, into: $0, source) }
    for index in values.indices { values[index] = pairs[elements.lowerBound % 2 + index] }
  }

  private func decode(
    _ bytes: [UInt8], into values: UnsafeMutableBufferPointer<Float>, _ source: QuantizedSource
  ) throws {
    var span = values.mutableSpan
    do {
      try type.decode(bytes.span.bytes, into: &span)
    } catch {
      throw source.fault(.elementType, codes, found: "\(error)", expected: "codes of a type that has values")
    }
  }

  private func check(
    _ numbers: [Int8], of tensor: CheckpointTensor, from first: Int, _ role: String, _ source: QuantizedSource
  ) throws {
    guard let limits, let index = numbers.firstIndex(where: { !limits.contains($0) }) else { return }
    throw source.fault(
      .value, tensor, byte: first + index, found: "the \(role) \(numbers[index])",
      expected: "a number from \(limits.lowerBound) to \(limits.upperBound)")
  }
}
