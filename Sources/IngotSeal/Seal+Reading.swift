import IngotContainer
import IngotEncodings

extension Seal {
  /// Fills the buffer with the bytes of a file from the offset on, or throws.
  package typealias Reading = (_ offset: UInt64, _ buffer: UnsafeMutableRawBufferPointer) throws -> Void

  /// Reads the seal that follows the body of a file.
  ///
  /// Where the body ends is told by `header`, never by the seal. All checksums of the seal itself are checked, and
  /// that its tables belong together; whether it is the seal of these bytes, a ``SealVerifier`` says.
  ///
  /// - Parameters:
  ///   - header: The header of the file.
  ///   - byteCount: The size of the file.
  ///   - reading: Gives the bytes of the file.
  /// - Throws: ``SealError`` (`SEAL_MISSING`, `SEAL_UNFINISHED`, `SEAL_POSITION`, `SEAL_CRC`, `SEAL_VERSION`, `SEAL_RANGE`,
  ///   `LIMIT`, `INDEX`, `DIGEST`), or what `reading` throws.
  /// - Complexity: O(*n*) in the bytes of the seal, which are held in memory once.
  package init(following header: ContainerHeader, byteCount: UInt64, reading: Reading) throws {
    try self.init(of: SealedBody(header), isDetached: false, byteCount: byteCount, reading: reading)
  }

  /// Reads a seal from a file of its own.
  ///
  /// - Parameters:
  ///   - header: The header of the sealed file, whose size ``checkFile(byteCount:)`` checks.
  ///   - byteCount: The size of the file of the seal.
  ///   - reading: Gives the bytes of the file of the seal.
  /// - Throws: As ``init(following:byteCount:reading:)``.
  package init(detachedFrom header: ContainerHeader, byteCount: UInt64, reading: Reading) throws {
    guard byteCount > 0 else { throw SealError(.missing, .file, found: "an empty file", expected: "a seal") }
    try self.init(of: SealedBody(header), isDetached: true, byteCount: byteCount, reading: reading)
  }

  /// Checks that a file is as long as when its detached seal was made; its bytes are not looked at.
  ///
  /// - Throws: `SEAL_RANGE`, at a byte of the file.
  package func checkFile(byteCount fileByteCount: UInt64) throws(SealError) {
    guard statement.originalByteCount == fileByteCount else {
      throw SealError(
        .range, at: min(fileByteCount, statement.originalByteCount), .file,
        found: "a file of \(fileByteCount.counted("byte"))",
        expected: "\(statement.originalByteCount), as when it was sealed")
    }
  }

  /// Reads the seal at the end of a file whose header is not known yet, by its footer.
  ///
  /// Nothing that it says may be relied on before its signature is checked, or because the file is trusted; and the header,
  /// once it is read, must end its body where this seal starts.
  ///
  /// - Throws: As ``init(following:byteCount:reading:)``; `SEAL_MISSING` where there is no footer.
  package init(atEndOf byteCount: UInt64, reading: Reading) throws {
    let size = UInt64(SealFormat.frameByteCount)
    guard byteCount >= size else {
      throw SealError(
        .missing, at: byteCount, .file, found: byteCount.counted("byte"), expected: "a seal")
    }
    var bytes = [UInt8](repeating: 0, count: Int(size))
    try bytes.withUnsafeMutableBytes { try reading(byteCount - size, $0) }
    let footer = try SealFrame(.footer, parsing: bytes[...], at: byteCount - size)
    let body = SealedBody(byteCount: footer.bodyByteCount, leastByteCount: 0)
    try self.init(of: body, isDetached: false, byteCount: byteCount, reading: reading)
  }

  private init(of body: SealedBody, isDetached: Bool, byteCount: UInt64, reading: Reading) throws {
    let start = isDetached ? 0 : body.byteCount
    let frame = try SealPlace.tableHeader(
      of: body, isDetached: isDetached, byteCount: byteCount, reading: reading)
    let end = start + frame.sealByteCount
    guard byteCount >= end else { throw SealPlace.unfinished(at: byteCount, frame) }
    guard byteCount == end else {
      throw SealError(
        .position, at: end, .file, found: "\((byteCount - end).counted("byte")) after the seal",
        expected: "the end of the file")
    }

    try Self.checkLengths(of: frame, at: start, reading)
    var bytes = [UInt8](repeating: 0, count: Int(frame.sealByteCount))
    try bytes.withUnsafeMutableBytes { try reading(start, $0) }
    try self.init(
      tables: bytes.dropLast(SealFormat.frameByteCount), footer: bytes.suffix(SealFormat.frameByteCount),
      frame, at: start)
  }

  /// Checks the footer, and that the parts of which the statement tells make up the seal, before all of it is read.
  private static func checkLengths(of frame: SealFrame, at start: UInt64, _ reading: Reading) throws {
    let size = SealFormat.frameByteCount
    func bytes(_ count: Int, at offset: UInt64) throws -> [UInt8] {
      var bytes = [UInt8](repeating: 0, count: count)
      try bytes.withUnsafeMutableBytes { try reading(offset, $0) }
      return bytes
    }
    let place = start + frame.sealByteCount - UInt64(size)
    _ = try footer(try bytes(size, at: place)[...], of: frame, at: place)
    let count = min(SealStatement.fixedByteCount, Int(frame.sealByteCount) - 2 * size)
    let statement = start + UInt64(size)
    _ = try SealStatementFields(parsing: try bytes(count, at: statement)[...], at: statement, in: frame)
  }

  /// Reads the footer that belongs to a table header.
  private static func footer(
    _ bytes: ArraySlice<UInt8>, of frame: SealFrame, at place: UInt64
  ) throws(SealError) -> SealFrame {
    if bytes.allSatisfy({ $0 == 0 }) { throw SealPlace.unfinished(at: place, frame) }
    let footer = try SealFrame(.footer, parsing: bytes, at: place)
    if let field = footer.fieldThatDiffers(from: frame) {
      throw SealError(
        .range, at: place + UInt64(field), found: "a footer of another seal",
        expected: "that of the table header")
    }
    return footer
  }

  /// Reads the tables of a seal, all of which is at hand.
  private init(
    tables: ArraySlice<UInt8>, footer bytes: ArraySlice<UInt8>, _ frame: SealFrame, at start: UInt64
  ) throws(SealError) {
    let footer = try Self.footer(bytes, of: frame, at: start + UInt64(tables.count))
    let checksum = Checksum.of(tables)
    guard footer.tableChecksum == checksum else {
      throw SealError(
        .checksum, at: start, found: "tables with the checksum \(checksum)",
        expected: "\(footer.tableChecksum), as the footer says")
    }

    let size = SealFormat.frameByteCount
    let statement = try SealStatement(parsing: tables.dropFirst(size), at: start + UInt64(size), in: frame)
    var fields = SealFields(
      tables.dropFirst(size + statement.byteCount), at: start + UInt64(size + statement.byteCount))
    let chunkField = fields.place
    let chunkDigests = Array(try fields.take(statement.chunkCount * statement.digest.byteCount))
    let indexField = fields.place
    let indexBytes = try fields.take(statement.indexByteCount)
    let keyID = statement.isSigned ? Array(try fields.take(SealFormat.keyIDByteCount)) : nil
    let signature = statement.isSigned ? Array(try fields.take(SealFormat.signatureByteCount)) : []

    let root = BodyDigests.rootDigest(
      statement.digest, bodyByteCount: statement.bodyByteCount, chunkByteCount: statement.chunkByteCount,
      chunkDigests: chunkDigests)
    guard root == statement.rootDigest else {
      throw SealError(
        .digest, at: chunkField, found: "digests of other chunks", expected: "those of the root digest")
    }
    guard BodyDigests.indexDigest(statement.digest, indexBytes) == statement.indexDigest else {
      throw SealError(.digest, at: indexField, found: "another index", expected: "that of the index digest")
    }
    self.init(
      statement: statement, isDetached: frame.isDetached, keyID: keyID, chunkDigests: chunkDigests,
      index: try ArrayIndex(parsing: indexBytes, at: indexField, bodyByteCount: statement.bodyByteCount),
      signature: signature)
  }
}
