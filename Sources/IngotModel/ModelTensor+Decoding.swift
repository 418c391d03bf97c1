import IngotEncodings

extension ModelTensor {
  /// Decodes rows into `values`, row after row.
  ///
  /// Only these rows are touched, and no lock is taken: threads never wait for each other. When the file is mapped, nothing is allocated; with positional access, blocks pass
  /// through a buffer of 64 KiB.
  ///
  /// - Parameters:
  ///   - rows: The rows, of 0 to ``rowCount``.
  ///   - values: Receives the values, ``rowLength`` for each row.
  /// - Throws: `ROWS` if the tensor has no such rows, `NO_DECODER`, `SHRUNK` if the file was cut, or what else the system
  ///   reports. The contents of `values` are then unspecified.
  /// - Precondition: `values.count` is `rows.count * rowLength`.
  /// - Complexity: O(*n*) in the number of values, and one system call to see that the file is still whole.
  public func decode(rows: Range<Int>, into values: inout MutableSpan<Float>) throws(ModelError) {
    try decode(blocksOf: elements(ofRows: rows), into: &values)
  }

  /// Decodes rows to the bit patterns of a format of 16 bits, row after row.
  ///
  /// Each value is rounded once, to nearest, ties to even; one beyond the format's range becomes infinity (clause E2.10). Otherwise as
  /// `decode(rows:into:)` to Float32.
  ///
  /// - Parameters:
  ///   - rows: The rows, of 0 to ``rowCount``.
  ///   - format: What the bits mean.
  ///   - bits: Receives 16 bits for each value, ``rowLength`` values for each row.
  /// - Throws: What `decode(rows:into:)` to Float32 throws.
  /// - Precondition: `bits.count` is `rows.count * rowLength`.
  public func decode(
    rows: Range<Int>, as format: NarrowFormat, into bits: inout MutableSpan<UInt16>
  ) throws(ModelError) {
    let elements = try elements(ofRows: rows)
    precondition(bits.count == elements.count, "the buffer has another size than the values")
    try bits.withUnsafeMutableBufferPointer { bits throws(ModelError) in
      try forBlocks(of: elements) { blocks, range throws(EncodingError) in
        var part = UnsafeMutableBufferPointer(rebasing: bits[range]).mutableSpan
        try encoding.decode(blocks, as: format, into: &part)
      }
    }
  }

  #if !((os(macOS) || targetEnvironment(macCatalyst)) && arch(x86_64))
    /// Decodes rows to half precision, row after row; as ``decode(rows:as:into:)``, which Intel Macs have as well.
    ///
    /// - Throws: What `decode(rows:into:)` to Float32 throws.
    /// - Precondition: `values.count` is `rows.count * rowLength`.
    public func decode(rows: Range<Int>, into values: inout MutableSpan<Float16>) throws(ModelError) {
      let elements = try elements(ofRows: rows)
      precondition(values.count == elements.count, "the buffer has another size than the values")
      try values.withUnsafeMutableBufferPointer { values throws(ModelError) in
        try forBlocks(of: elements) { blocks, range throws(EncodingError) in
          var part = UnsafeMutableBufferPointer(rebasing: values[range]).mutableSpan
          try encoding.decode(blocks, into: &part)
        }
      }
    }
  #endif

  /// Decodes a range of elements, in the order in which they are stored, into `values`.
  ///
  /// Otherwise as `decode(rows:into:)` to Float32.
  ///
  /// - Parameters:
  ///   - elements: A range within 0 to ``elementCount`` whose bounds are multiples of the encoding's
  ///     `elementsPerBlock`.
  ///   - values: Receives the values.
  /// - Throws: `ELEMENTS` if the tensor has no such range, or what `decode(rows:into:)` to Float32 throws.
  /// - Precondition: `values.count` is `elements.count`.
  public func decode(elements: Range<Int>, into values: inout MutableSpan<Float>) throws(ModelError) {
    let perBlock = encoding.elementsPerBlock
    guard elements.lowerBound >= 0, elements.upperBound <= elementCount,
      elements.lowerBound.isMultiple(of: perBlock), elements.upperBound.isMultiple(of: perBlock)
    else {
      throw error(.elements(elements, count: elementCount, elementsPerBlock: perBlock))
    }
    try decode(blocksOf: elements, into: &values)
  }

  /// Decodes rows, or the whole tensor, into a new array.
  ///
  /// The values take 4 bytes each: up to 30 times what is stored. To bound memory, decode a few rows at a time.
  ///
  /// - Throws: What `decode(rows:into:)` to Float32 throws.
  public func values(rows: Range<Int>? = nil) throws(ModelError) -> [Float] {
    let elements = try elements(ofRows: rows ?? 0..<rowCount)
    // Before any memory is taken for values that will not come.
    guard encoding.canDecode else { throw noDecoder }
    var values = [Float](repeating: 0, count: elements.count)
    var span = values.mutableSpan
    try decode(blocksOf: elements, into: &span)
    return values
  }

  /// Decodes elements that are known to exist and to be whole blocks.
  private func decode(
    blocksOf elements: Range<Int>, into values: inout MutableSpan<Float>
  ) throws(ModelError) {
    precondition(values.count == elements.count, "the buffer has another size than the values")
    try values.withUnsafeMutableBufferPointer { values throws(ModelError) in
      try forBlocks(of: elements) { blocks, range throws(EncodingError) in
        var part = UnsafeMutableBufferPointer(rebasing: values[range]).mutableSpan
        try encoding.decode(blocks, into: &part)
      }
    }
  }

  var noDecoder: ModelError { error(.encoding(EncodingError(.noDecoder, encoding))) }
}
