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
    guard let decoder = layout.decoder else { throw EncodingError(.noDecoder, self) }
    let blockCount = blockCount(values: values.count, bytes: blocks.byteCount)
    blocks.withUnsafeBytes { blocks in
      values.withUnsafeMutableBufferPointer { values in
        guard let blocks = blocks.baseAddress, let values = values.baseAddress else { return }
        decoder.decode(blocks, count: blockCount, into: values)
      }
    }
  }

  /// Encodes whole blocks.
  ///
  /// Any run of blocks encodes by itself, to the same bytes as within a longer run. Memory is a block or two, whatever
  /// the number of values. When an error is thrown, the contents of `blocks` are unspecified.
  ///
  /// - Parameters:
  ///   - values: As many values as the blocks hold.
  ///   - importance: How much the squared error of each value counts: as many finite numbers, none negative, as there
  ///     are values, such as the row of an importance matrix for a row of a tensor. Only their ratios within a block
  ///     matter. `nil` counts all alike. The reference encoder (``Effort/fast``) does not look at them.
  ///   - blocks: Receives the blocks. It needs no alignment.
  ///   - effort: How hard to look for a smaller error. The default gives the reference encoding.
  /// - Throws: ``EncodingError`` with the index and value to blame: ``EncodingError/Code/noEncoder``,
  ///   ``EncodingError/Code/notFinite``, ``EncodingError/Code/overflow``, ``EncodingError/Code/inexact`` or
  ///   ``EncodingError/Code/importance``.
  /// - Precondition: `byteCount(elements: values.count) == blocks.byteCount`; `importance` has as many elements as
  ///   `values`.
  /// - Complexity: O(*n*) in the number of values.
  public func encode(
    _ values: Span<Float>, importance: Span<Float>? = nil, into blocks: inout MutableRawSpan,
    effort: Effort = .fast
  ) throws(EncodingError) {
    guard let codec = layout.codec else { throw EncodingError(.noEncoder, self) }
    let blockCount = blockCount(values: values.count, bytes: blocks.byteCount)
    if let importance { try check(importance, count: values.count) }
    let refused = values.withUnsafeBufferPointer { values in
      blocks.withUnsafeMutableBytes { blocks -> Int? in
        guard let values = values.baseAddress, let blocks = blocks.baseAddress else { return nil }
        guard let importance else {
          return codec.encode(values, importance: nil, count: blockCount, into: blocks, effort: effort)
        }
        return importance.withUnsafeBufferPointer { importance in
          codec.encode(
            values, importance: importance.baseAddress, count: blockCount, into: blocks, effort: effort)
        }
      }
    }
    if let refused { throw refusal(of: values, block: refused) }
  }

  private func check(_ importance: Span<Float>, count: Int) throws(EncodingError) {
    precondition(importance.count == count, "the values and their importance differ in number")
    for index in importance.indices where !(importance[index] >= 0 && importance[index].isFinite) {
      throw EncodingError(.importance, self, index: index, value: importance[index])
    }
  }

  /// The number of blocks, after a check that both sides hold as many.
  func blockCount(values: Int, bytes: Int) -> Int {
    precondition(byteCount(elements: values) == bytes, "the values and the blocks differ in number")
    return values / elementsPerBlock
  }

  /// Why a codec refused a block (clause E2.6).
  func refusal(of values: Span<Float>, block: Int) -> EncodingError {
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

extension BlockCodec {
  /// Encodes `count` blocks, with a search where the effort asks for one and the codec has one, or returns the position
  /// of the first block that the encoding cannot hold.
  static func encode(
    _ values: UnsafePointer<Float>, importance: UnsafePointer<Float>?, count: Int,
    into blocks: UnsafeMutableRawPointer, effort: Effort
  ) -> Int? {
    guard let searching = self as? any SearchingCodec.Type, let effort = SearchEffort(effort) else {
      return encode(values, count: count, into: blocks)
    }
    return searching.search(values, importance: importance, count: count, effort: effort, into: blocks)
  }
}

extension SearchEffort {
  /// `nil` for the reference encoder, which looks for nothing.
  fileprivate init?(_ effort: Effort) {
    switch effort {
    case .fast: return nil
    case .balanced: self = .balanced
    case .best: self = .best
    }
  }
}
