import IngotEncodings

extension ModelTensor {
  /// Decodes rows into `values`, row after row.
  ///
  /// Only these rows are touched. When the file is mapped, nothing is allocated; with positional access, blocks pass
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

  /// Decodes a range of elements, in the order in which they are stored, into `values`.
  ///
  /// Otherwise as ``decode(rows:into:)``.
  ///
  /// - Parameters:
  ///   - elements: A range within 0 to ``elementCount`` whose bounds are multiples of the encoding's
  ///     `elementsPerBlock`.
  ///   - values: Receives the values.
  /// - Throws: `ELEMENTS` if the tensor has no such range, or what ``decode(rows:into:)`` throws.
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
  /// - Throws: What ``decode(rows:into:)`` throws.
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
    guard encoding.canDecode else { throw noDecoder }
    let bytes = bytes(ofElements: elements)
    let wasMapped: Void? = try shard.withMappedBytes(place(of: bytes)) { blocks throws(ModelError) in
      try decode(blocks, into: &values)
    }
    if wasMapped == nil { try decodeByReading(bytes, into: &values) }
  }

  /// Decodes blocks that are read a part at a time.
  private func decodeByReading(
    _ bytes: Range<Int>, into values: inout MutableSpan<Float>
  ) throws(ModelError) {
    let (size, perBlock) = (encoding.bytesPerBlock, encoding.elementsPerBlock)
    let mostBytes = min(bytes.count, max(1, 65_536 / size) * size)
    try values.withUnsafeMutableBufferPointer { values throws(ModelError) in
      try withTemporaryBytes(mostBytes) { buffer throws(ModelError) in
        var rest = values[...]
        var position = bytes.lowerBound
        while position < bytes.upperBound {
          let end = min(bytes.upperBound, position + mostBytes)
          let part = UnsafeMutableRawBufferPointer(rebasing: buffer[..<(end - position)])
          try shard.readData(into: part, at: place(of: position..<end).lowerBound)
          let count = part.count / size * perBlock
          var decoded = UnsafeMutableBufferPointer(rebasing: rest.prefix(count)).mutableSpan
          try decode(UnsafeRawBufferPointer(part).bytes, into: &decoded)
          rest = rest.dropFirst(count)
          position = end
        }
      }
    }
  }

  private func decode(_ blocks: RawSpan, into values: inout MutableSpan<Float>) throws(ModelError) {
    do throws(EncodingError) {
      try encoding.decode(blocks, into: &values)
    } catch {
      throw self.error(.encoding(error))
    }
  }

  private var noDecoder: ModelError { error(.encoding(EncodingError(.noDecoder, encoding))) }
}
