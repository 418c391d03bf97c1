import IngotEncodings

/// The first 112 bytes of a statement, which say how long its other parts and those of the seal are.
///
/// Specification: `spec/seal.md`, clauses L6 and L13.4.
struct SealStatementFields {
  let digest: SealDigest
  let isSigned: Bool
  let set: SealSet?
  let bodyByteCount: UInt64
  let originalByteCount: UInt64
  let chunkByteCount: Int
  let chunkCount: Int
  let indexByteCount: Int
  let counter: UInt64
  let nameByteCount: Int

  /// Reads the fields, and checks that the parts make up the seal: before any of them is looked at, so that whatever is wrong with one
  /// of them is not sought in another.
  ///
  /// - Parameters:
  ///   - bytes: The first bytes of the statement; what follows them is left alone.
  ///   - offset: Where they stand in their file.
  ///   - frame: What the table header says of body and seal.
  /// - Throws: `SEAL_VERSION`, `SEAL_RANGE`, `LIMIT`.
  init(parsing bytes: ArraySlice<UInt8>, at offset: UInt64, in frame: SealFrame) throws(SealError) {
    guard bytes.count >= SealStatement.fixedByteCount else {
      throw SealError(
        .range, at: offset, found: bytes.count.counted("byte"),
        expected: "a statement of \(SealStatement.fixedByteCount.counted("byte")) or more")
    }
    var fields = SealFields(bytes, at: offset)
    digest = try Self.digest(&fields)
    isSigned = try Self.isSigned(&fields)
    guard !isSigned || digest == .sha256 else {
      throw SealError(
        .version, at: offset + 4, found: "a signed seal of \(digest.title)", expected: "SHA-256")
    }
    let (shardIndex, shardCount) = (try fields.number(UInt32.self), try fields.number(UInt32.self))
    bodyByteCount = try fields.number(UInt64.self)
    originalByteCount = try fields.number(UInt64.self)
    for (field, length, expected) in [
      (16, bodyByteCount, frame.bodyByteCount), (24, originalByteCount, frame.originalByteCount),
    ] as [(UInt64, UInt64, UInt64)] where length != expected {
      throw SealError(
        .range, at: offset + field, found: "a length of \(length.counted("byte"))",
        expected: "\(expected), as the table header says")
    }
    (chunkByteCount, chunkCount) = try Self.chunks(&fields, digest, bodyByteCount: bodyByteCount)

    let indexField = fields.place
    let indexByteCount = try fields.number(UInt64.self)
    guard indexByteCount <= SealFormat.sealByteCount else {
      throw SealError(
        .limit, at: indexField, found: "an index of \(indexByteCount.counted("byte"))",
        expected: "at most \(SealFormat.sealByteCount)")
    }
    self.indexByteCount = Int(indexByteCount)
    counter = try fields.number(UInt64.self)
    let nameField = fields.place
    let nameByteCount = try fields.number(UInt64.self)
    guard nameByteCount <= SealFormat.nameByteCount else {
      throw SealError(
        .limit, at: nameField, found: "a release name of \(nameByteCount.counted("byte"))",
        expected: "at most \(SealFormat.nameByteCount)")
    }
    self.nameByteCount = Int(nameByteCount)
    let setID = Array(try fields.take(SealFormat.setIDByteCount))
    set = try Self.set(setID, shardIndex, shardCount, at: offset)
    let sizeField = fields.place
    let digestByteCount = try fields.number(UInt64.self)
    guard digestByteCount == digest.byteCount else {
      throw SealError(
        .range, at: sizeField, found: "digests of \(digestByteCount.counted("byte"))",
        expected: "\(digest.byteCount), those of \(digest.title)")
    }
    let sealByteCount = SealStatement.sealByteCount(
      digest, chunkCount: chunkCount, indexByteCount: self.indexByteCount, nameByteCount: self.nameByteCount,
      isSigned: isSigned)
    guard sealByteCount == frame.sealByteCount else {
      throw SealError(
        .range, at: offset, found: "tables that make a seal of \(sealByteCount.counted("byte"))",
        expected: "\(frame.sealByteCount), as the table header says")
    }
  }

  private static func digest(_ fields: inout SealFields) throws(SealError) -> SealDigest {
    let field = fields.place
    let id = try fields.number(UInt32.self)
    guard let digest = SealDigest(rawValue: id) else {
      throw SealError(.version, at: field, found: "digest algorithm \(id)", expected: "1 or 2")
    }
    guard digest.isAvailable else {
      throw SealError(
        .version, at: field, found: "digests of \(digest.title)",
        expected: "a build with the trait Signatures")
    }
    return digest
  }

  private static func isSigned(_ fields: inout SealFields) throws(SealError) -> Bool {
    let field = fields.place
    let id = try fields.number(UInt32.self)
    guard id <= 1 else {
      throw SealError(.version, at: field, found: "signature algorithm \(id)", expected: "0 or 1")
    }
    return id == 1
  }

  /// Clause L7.
  private static func chunks(
    _ fields: inout SealFields, _ digest: SealDigest, bodyByteCount: UInt64
  ) throws(SealError) -> (byteCount: Int, count: Int) {
    let sizeField = fields.place
    let size = try fields.number(UInt64.self)
    guard SealFormat.isChunkByteCount(size) else {
      throw SealError(
        .limit, at: sizeField, found: "chunks of \(size.counted("byte"))",
        expected:
          "a power of two from \(SealFormat.chunkByteCounts.lowerBound) to \(SealFormat.chunkByteCounts.upperBound)"
      )
    }
    let countField = fields.place
    let count = try fields.number(UInt64.self)
    let expected = SealStatement.chunkCount(bodyByteCount: bodyByteCount, chunkByteCount: size)
    guard count == expected else {
      throw SealError(.range, at: countField, found: count.counted("chunk"), expected: "\(expected)")
    }
    guard let bytes = Checked.product(count, UInt64(digest.byteCount)), bytes <= SealFormat.sealByteCount
    else {
      throw SealError(
        .limit, at: countField, found: count.counted("chunk"),
        expected: "digests of at most \(SealFormat.sealByteCount.counted("byte"))")
    }
    return (Int(size), Int(count))
  }

  private static func set(
    _ id: [UInt8], _ index: UInt32, _ count: UInt32, at offset: UInt64
  ) throws(SealError) -> SealSet? {
    func fault(_ field: UInt64, _ found: String, _ expected: String) -> SealError {
      SealError(.range, at: offset + field, found: found, expected: expected)
    }
    if count == 0 {
      if index != 0 { throw fault(8, "file \(index) of no set", "0") }
      if id.contains(where: { $0 != 0 }) { throw fault(72, "the identity of no set", "zeros") }
      return nil
    }
    guard count <= SealSet.largestCount else {
      throw fault(12, "a set of \(count.counted("file"))", "at most \(SealSet.largestCount)")
    }
    guard index < count else { throw fault(8, "file \(index) of \(count), from 0", "a place in the set") }
    return SealSet(id: id, index: Int(index), count: Int(count))
  }
}
