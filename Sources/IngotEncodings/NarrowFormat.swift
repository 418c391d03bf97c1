import CVectors

/// A floating-point format of 16 bits that values can be decoded to.
public enum NarrowFormat: Sendable, Hashable, CaseIterable {
  /// IEEE 754 binary16: 11 bits of precision; magnitudes of 65520 or more become infinity.
  case float16
  /// The upper half of a Float32: its range, with 8 bits of precision.
  case bfloat16

  /// The bit patterns nearest to values, ties to even (clauses E2.3 and E2.4).
  func round(_ values: UnsafePointer<Float>, count: Int, into bits: UnsafeMutablePointer<UInt16>) {
    let kernels = DecoderKernels.widest
    switch self {
    case .float16: kernels.pointee.halves(values, count, bits)
    case .bfloat16: kernels.pointee.bfloats(values, count, bits)
    }
  }
}

extension Encoding {
  /// Decodes whole blocks to the bit patterns of a format of 16 bits.
  ///
  /// Each value is the exact Float32 that `decode(_:into:)` gives, rounded once to nearest, ties to even
  /// (clauses E2.3, E2.4 and E2.10). One beyond the format's range becomes infinity, and NaN stays one. Nothing is allocated.
  ///
  /// - Parameters:
  ///   - blocks: Whole blocks. They need no alignment.
  ///   - format: What the bits mean.
  ///   - bits: Receives 16 bits for each value of the blocks.
  /// - Throws: ``EncodingError/Code/noDecoder``.
  /// - Precondition: `byteCount(elements: bits.count) == blocks.byteCount`.
  /// - Complexity: O(*n*) in the number of values.
  public func decode(
    _ blocks: RawSpan, as format: NarrowFormat, into bits: inout MutableSpan<UInt16>
  ) throws(EncodingError) {
    guard let decoder = layout.decoder else { throw EncodingError(.noDecoder, self) }
    let blockCount = blockCount(values: bits.count, bytes: blocks.byteCount)
    let layout = layout
    blocks.withUnsafeBytes { blocks in
      bits.withUnsafeMutableBufferPointer { bits in
        guard let blocks = blocks.baseAddress, let bits = bits.baseAddress else { return }
        decoder.decode(blocks, layout, count: blockCount, as: format, into: bits)
      }
    }
  }

  #if !((os(macOS) || targetEnvironment(macCatalyst)) && arch(x86_64))
    /// Decodes whole blocks to half precision.
    ///
    /// As ``decode(_:as:into:)`` with ``NarrowFormat/float16``, which Intel Macs have as well: they lack `Float16`.
    ///
    /// - Throws: ``EncodingError/Code/noDecoder``.
    /// - Precondition: `byteCount(elements: values.count) == blocks.byteCount`.
    public func decode(_ blocks: RawSpan, into values: inout MutableSpan<Float16>) throws(EncodingError) {
      try values.withUnsafeMutableBufferPointer { values throws(EncodingError) in
        try values.withMemoryRebound(to: UInt16.self) { bits throws(EncodingError) in
          var bits = bits.mutableSpan
          try decode(blocks, as: .float16, into: &bits)
        }
      }
    }
  #endif
}

extension BlockDecoder {
  /// Decodes and rounds, so many blocks at a time as have 256 values, in a buffer that is small enough for the stack.
  fileprivate static func decode(
    _ blocks: UnsafeRawPointer, _ layout: Encoding.Layout, count: Int, as format: NarrowFormat,
    into bits: UnsafeMutablePointer<UInt16>
  ) {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: 256) { values in
      guard let values = values.baseAddress else { return }
      var block = 0
      while block < count {
        let part = min(256 / layout.elementsPerBlock, count &- block)
        decode(blocks + block &* layout.bytesPerBlock, count: part, into: values)
        let first = block &* layout.elementsPerBlock
        format.round(values, count: part &* layout.elementsPerBlock, into: bits + first)
        block &+= part
      }
    }
  }
}
