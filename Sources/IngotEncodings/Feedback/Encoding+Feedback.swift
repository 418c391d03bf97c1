extension Encoding {
  /// Encodes rows so that the error of a column makes up for those of the columns before it.
  ///
  /// Each row is encoded twice: with the diagonal of the matrix as importance, and with feedback. The one with the
  /// smaller eᵀHe is kept, so that feedback never makes it larger. Any number of rows gives the same bytes as each
  /// row by itself. When an error is thrown, the contents of `blocks` are unspecified.
  ///
  /// - Parameters:
  ///   - rows: Whole rows of a tensor.
  ///   - secondMoments: Those of the tensor's columns.
  ///   - blocks: Receives the blocks. It needs no alignment.
  ///   - effort: How hard to look for scales.
  /// - Returns: The errors with and without feedback.
  /// - Throws: ``EncodingError``, as ``encode(_:importance:into:effort:)`` does.
  /// - Precondition: `byteCount(elements: rows.count) == blocks.byteCount`; `rows.count` is a multiple of the columns
  ///   of the matrix, and these a multiple of ``elementsPerBlock``.
  /// - Complexity: O(*n*²) for a row of *n* columns, and memory for a few rows.
  ///
  /// Specification: `spec/encodings.md`, clause E40. Papers: GPTQ (Frantar et al. 2022, arXiv:2210.17323), and LDLQ of
  /// QuIP (Chee et al. 2023, arXiv:2307.13304).
  public func encode(
    rows: Span<Float>, secondMoments: SecondMoments, into blocks: inout MutableRawSpan,
    effort: Effort = .best
  ) throws(EncodingError) -> FeedbackMeasure {
    let columns = secondMoments.columnCount
    precondition(
      rows.count.isMultiple(of: columns) && columns.isMultiple(of: elementsPerBlock),
      "the rows are not those of the matrix")
    precondition(
      byteCount(elements: rows.count) == blocks.byteCount, "the rows and the blocks differ in number")
    guard layout.codec != nil else { throw EncodingError(.noEncoder, self) }
    let encoder = FeedbackEncoder(self, secondMoments, effort: effort)
    let refused = rows.withUnsafeBufferPointer { rows in
      blocks.withUnsafeMutableBytes { blocks -> Int? in
        guard let values = rows.baseAddress, let blocks = blocks.baseAddress else { return nil }
        for row in 0..<(rows.count / columns) {
          let refused = encoder.encode(values + row * columns, into: blocks + row * encoder.byteCount)
          if let refused { return row * (columns / elementsPerBlock) + refused }
        }
        return nil
      }
    }
    if let refused { throw refusal(of: rows, block: refused) }
    return encoder.measure
  }
}
