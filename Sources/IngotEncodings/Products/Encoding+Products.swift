import CVectors

extension Encoding {
  /// Whether products are of codes: straight from the blocks, with the vector's codes of 8 bits.
  ///
  /// So it is of Q8_0, Q4_0, Q4_1, Q5_0, Q5_1, Q2_0, TQ1_0, TQ2_0, IQ4_NL, MXFP4, IQ4_XS and Q2_K to Q6_K. Blocks of other encodings are
  /// decoded a few at a time, and multiplied with the vector's values.
  public var multipliesCodes: Bool { layout.decoder?.product(ProductKernels.widest) != nil }

  /// The dot product of whole blocks, such as a row of a tensor, with a vector.
  ///
  /// Blocks are not decoded where ``multipliesCodes`` says so. The result has then the error of the vector's codes: at most
  /// Σ |x| · m / 254, where m is the largest magnitude of the vector's 32 values beside the value x, and of a random sign, so that it
  /// grows with the root of the length only. The same blocks and vector give the same bits on every machine. A scale that is NaN or
  /// infinite gives what the arithmetic gives. Nothing is allocated.
  ///
  /// - Parameters:
  ///   - blocks: Whole blocks. They need no alignment.
  ///   - vector: As many values as the blocks hold.
  /// - Throws: ``EncodingError/Code/noDecoder``.
  /// - Precondition: `byteCount(elements: vector.count) == blocks.byteCount`.
  /// - Complexity: O(*n*) in the number of values.
  ///
  /// Specification: clause E41.
  public func dot(_ blocks: RawSpan, with vector: QuantizedVector) throws(EncodingError) -> Float {
    var product: Float = 0
    try multiply(blocks, rows: 1, by: vector) { product = $1 }
    return product
  }

  /// The product of a matrix with a vector: the dot product of each row, as ``dot(_:with:)`` gives it.
  ///
  /// - Parameters:
  ///   - blocks: The rows, one after the other.
  ///   - vector: As many values as a row holds.
  ///   - products: Receives a product for each row.
  /// - Throws: ``EncodingError/Code/noDecoder``.
  /// - Precondition: `byteCount(elements: vector.count * products.count) == blocks.byteCount`, and a row is whole blocks.
  /// - Complexity: O(*n*) in the number of values.
  public func multiply(
    _ blocks: RawSpan, by vector: QuantizedVector, into products: inout MutableSpan<Float>
  ) throws(EncodingError) {
    let count = products.count
    try products.withUnsafeMutableBufferPointer { products throws(EncodingError) in
      try multiply(blocks, rows: count, by: vector) { products[$0] = $1 }
    }
  }

  /// Passes the product of each row.
  private func multiply(
    _ blocks: RawSpan, rows: Int, by vector: QuantizedVector, _ body: (_ row: Int, _ product: Float) -> Void
  ) throws(EncodingError) {
    let layout = layout
    guard let decoder = layout.decoder else { throw EncodingError(.noDecoder, self) }
    let rowByteCount = byteCount(elements: vector.count)
    precondition(
      rowByteCount.flatMap { Checked.product($0, rows) } == blocks.byteCount,
      "the blocks and the vector differ in number")
    let blockCount = vector.count / layout.elementsPerBlock
    blocks.withUnsafeBytes { blocks in
      guard let blocks = blocks.baseAddress, let rowByteCount, rowByteCount > 0 else {
        for row in 0..<rows { body(row, 0) }
        return
      }
      if let product = decoder.product(ProductKernels.widest) {
        vector.withCodes { codes in
          for row in 0..<rows { body(row, product(blocks + row &* rowByteCount, blockCount, codes)) }
        }
      } else {
        vector.withValues { values in
          for row in 0..<rows {
            body(row, decoder.product(blocks + row &* rowByteCount, layout, count: blockCount, values))
          }
        }
      }
    }
  }
}

/// The dot products in C.
enum ProductKernels {
  /// The set with the widest vectors that this processor has.
  // Safe to share: a constant of the program.
  nonisolated(unsafe) static let widest = ingot_widest_dots()
}

extension BlockDecoder {
  /// The product of blocks that are decoded, as many at a time as have 256 values, in a buffer that is small enough for the stack.
  ///
  /// - Parameter others: The values of a vector, with zeros up to a multiple of 16.
  static func product(
    _ blocks: UnsafeRawPointer, _ layout: Encoding.Layout, count: Int, _ others: UnsafePointer<Float>
  ) -> Float {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: 256) { values in
      guard let values = values.baseAddress else { return 0 }
      let kernels = ProductKernels.widest
      var lanes = SIMD16<Float>.zero
      var block = 0
      while block < count {
        let part = min(256 / layout.elementsPerBlock, count &- block)
        var elements = part &* layout.elementsPerBlock
        decode(blocks + block &* layout.bytesPerBlock, count: part, into: values)
        while !elements.isMultiple(of: 16) {
          values[elements] = 0
          elements &+= 1
        }
        withUnsafeMutableBytes(of: &lanes) { lanes in
          guard let lanes = lanes.baseAddress?.assumingMemoryBound(to: Float.self) else { return }
          kernels.pointee.floats(values, others + block &* layout.elementsPerBlock, elements, lanes)
        }
        block &+= part
      }
      let eight = lanes.lowHalf + lanes.highHalf
      let four = eight.lowHalf + eight.highHalf
      let two = four.lowHalf + four.highHalf
      return two[0] + two[1]
    }
  }
}
