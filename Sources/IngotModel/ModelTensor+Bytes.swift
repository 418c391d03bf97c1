extension ModelTensor {
  /// Lends the stored blocks of rows to `body`.
  ///
  /// When the file is mapped, these are the mapped bytes themselves: nothing is copied, and only the pages that `body`
  /// touches are read. They start at the model's alignment only for row 0. If another program cuts the file while `body`
  /// runs, touching the lost pages ends the process: see ``ModelFile``.
  ///
  /// With positional access the bytes of all rows are read into a temporary buffer first.
  ///
  /// - Throws: ``ModelError`` (`ROWS`, `SHRUNK`, or what the system reports), and what `body` throws.
  public func withBlocks<Result>(
    rows: Range<Int>, _ body: (RawSpan) throws -> Result
  ) throws -> Result {
    let bytes = bytes(ofElements: try elements(ofRows: rows))
    // `body` runs outside of the typed scopes, and its errors pass through unchanged.
    let result = try shard.withMappedBytes(place(of: bytes)) { blocks throws(ModelError) in
      Swift.Result { try body(blocks) }
    }
    if let result { return try result.get() }
    return try withTemporaryBytes(bytes.count) { buffer throws(ModelError) in
      try shard.readData(into: buffer, at: place(of: bytes).lowerBound)
      return Swift.Result { try body(UnsafeRawBufferPointer(buffer).bytes) }
    }.get()
  }

  /// Copies stored bytes, by positional reads whether the file is mapped or not.
  ///
  /// If the file is cut meanwhile, that is an error and never ends the process.
  ///
  /// - Parameters:
  ///   - bytes: A range within 0 to ``byteCount``.
  ///   - buffer: Receives the bytes.
  /// - Throws: `BYTES` if the tensor has no such bytes, `SHRUNK`, or what else the system reports.
  /// - Precondition: `buffer.count` is `bytes.count`.
  public func read(bytes: Range<Int>, into buffer: UnsafeMutableRawBufferPointer) throws(ModelError) {
    guard bytes.lowerBound >= 0, bytes.upperBound <= byteCount else {
      throw error(.bytes(bytes, count: byteCount))
    }
    precondition(buffer.count == bytes.count, "the buffer has another size than the bytes")
    try shard.readData(into: buffer, at: place(of: bytes).lowerBound)
  }

  /// Runs `body` with a buffer that it may fill.
  func withTemporaryBytes<Result>(
    _ count: Int, _ body: (UnsafeMutableRawBufferPointer) throws(ModelError) -> Result
  ) throws(ModelError) -> Result {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 16)
    defer { buffer.deallocate() }
    return try body(buffer)
  }
}
