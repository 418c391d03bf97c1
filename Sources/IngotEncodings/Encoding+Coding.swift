extension Encoding {
  /// Decodes whole blocks.
  ///
  /// Any run of blocks decodes by itself, to the same values as within a longer run. Nothing is allocated. NaN and
  /// infinity are decoded, not refused: see clause E2.5.
  ///
  /// - Parameters:
  ///   - blocks: Whole blocks. They need no alignment.
  ///   - values: Receives one Float32 for each value of the blocks.
  /// - Throws: ``EncodingError/Code/noDecoder``.
  /// - Precondition: `byteCount(elements: values.count) == blocks.byteCount`.
  /// - Complexity: O(*n*) in the number of values.
  public func decode(_ blocks: RawSpan, into values: inout MutableSpan<Float>) throws(EncodingError) {
    guard let codec = layout.codec else { throw EncodingError(.noDecoder, self) }
    let blockCount = blockCount(values: values.count, bytes: blocks.byteCount)
    blocks.withUnsafeBytes { blocks in
      values.withUnsafeMutableBufferPointer { values in
        guard let blocks = blocks.baseAddress, let values = values.baseAddress else { return }
        codec.decode(blocks, count: blockCount, into: values)
      }
    }
  }

  /// Encodes whole blocks.
  ///
  /// Any run of blocks encodes by itself, to the same bytes as within a longer run. Nothing is allocated. When an
  /// error is thrown, the contents of `blocks` are unspecified.
  ///
  /// - Parameters:
  ///   - values: As many values as the blocks hold.
  ///   - blocks: Receives the blocks. It needs no alignment.
  ///   - effort: How hard to look for a smaller error. The default gives the reference encoding.
  /// - Throws: ``EncodingError`` with the index and value to blame: ``EncodingError/Code/noEncoder``,
  ///   ``EncodingError/Code/notFinite``, ``EncodingError/Code/overflow`` or ``EncodingError/Code/inexact``.
  /// - Precondition: `byteCount(elements: values.count) == blocks.byteCount`.
  /// - Complexity: O(*n*) in the number of values.
  public func encode(
    _ values: Span<Float>, into blocks: inout MutableRawSpan, effort: Effort = .fast
  ) throws(EncodingError) {
    guard let codec = layout.codec else { throw EncodingError(.noEncoder, self) }
    let blockCount = blockCount(values: values.count, bytes: blocks.byteCount)
    let refused = values.withUnsafeBufferPointer { values in
      blocks.withUnsafeMutableBytes { blocks -> Int? in
        guard let values = values.baseAddress, let blocks = blocks.baseAddress else { return nil }
        return codec.encode(values, count: blockCount, into: blocks)
      }
    }
    if let refused { throw refusal(of: values, block: refused) }
  }

  /// The number of blocks, after a check that both sides hold as many.
  private func blockCount(values: Int, bytes: Int) -> Int {
    precondition(byteCount(elements: values) == bytes, "the values and the blocks differ in number")
    return values / elementsPerBlock
  }

  /// Why a codec refused a block (clause E2.6).
  private func refusal(of values: Span<Float>, block: Int) -> EncodingError {
    let range = block * elementsPerBlock..<(block + 1) * elementsPerBlock
    var largest = range.lowerBound
    for index in range {
      if !values[index].isFinite {
        return EncodingError(.notFinite, self, index: index, value: values[index])
      }
      if values[index].magnitude > values[largest].magnitude { largest = index }
    }
    let value = values[largest]
    let isFraction = kind == .integer && value != value.rounded(.towardZero)
    return EncodingError(isFraction ? .inexact : .overflow, self, index: largest, value: value)
  }
}
