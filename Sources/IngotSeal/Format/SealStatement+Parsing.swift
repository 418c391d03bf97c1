extension SealStatement {
  /// Reads a statement.
  ///
  /// - Parameters:
  ///   - bytes: The bytes of the seal after its table header; what follows the statement is left alone.
  ///   - offset: Where they stand in their file.
  ///   - frame: What the table header says of body and seal.
  /// - Throws: `SEAL_VERSION`, `SEAL_RANGE`, `LIMIT`.
  init(parsing bytes: ArraySlice<UInt8>, at offset: UInt64, in frame: SealFrame) throws(SealError) {
    let lengths = try SealStatementFields(parsing: bytes, at: offset, in: frame)
    digest = lengths.digest
    isSigned = lengths.isSigned
    bodyByteCount = lengths.bodyByteCount
    originalByteCount = lengths.originalByteCount
    chunkByteCount = lengths.chunkByteCount
    chunkCount = lengths.chunkCount
    indexByteCount = lengths.indexByteCount
    set = lengths.set
    var fields = SealFields(
      bytes.dropFirst(Self.fixedByteCount), at: offset + UInt64(Self.fixedByteCount))
    skeletonDigest = Array(try fields.take(digest.byteCount))
    rootDigest = Array(try fields.take(digest.byteCount))
    indexDigest = Array(try fields.take(digest.byteCount))
    let place = fields.place
    release = try SealRelease(
      parsing: try fields.take(lengths.nameByteCount), counter: lengths.counter, at: place)
  }
}
