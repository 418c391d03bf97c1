import IngotEncodings

/// A seal: what a file is, chunk by chunk, and who says so.
///
/// It stands after the body of a file and changes none of its bytes, or in a file of its own. Three words are never
/// mixed up: CRC-32 finds *damage*; SHA-256 says that a file *matches its seal*; a signature by a key that the caller
/// pinned says that it is *authentic*. An unsigned seal stops nobody who can change it together with the file.
///
/// Specification: `spec/seal.md`.
public struct Seal: Sendable, Hashable {
  /// What the seal says of the file.
  public let statement: SealStatement
  /// Whether it stands in a file of its own.
  public let isDetached: Bool
  /// Which key signed it: the SHA-256 of the public key; `nil` for a seal without a signature.
  public let keyID: [UInt8]?
  /// The digests of the chunks, one after another.
  let chunkDigests: [UInt8]
  /// The array index.
  package let index: ArrayIndex
  /// The signature over the statement; empty for a seal without one.
  let signature: [UInt8]

  /// Makes the seal of a file.
  ///
  /// The same body and arguments give the same bytes. (On Apple's platforms signatures are an exception: their
  /// Ed25519 is not deterministic.)
  ///
  /// - Parameters:
  ///   - body: The digests of the body.
  ///   - release: The name and number of the release.
  ///   - key: Signs the seal, if there is one.
  ///   - isDetached: Whether the seal will stand in a file of its own.
  ///   - originalByteCount: The bytes of the file, if its last padding is missing.
  /// - Throws: ``SealError/Code/downgrade`` for a signature over CRC-32, ``SealError/Code/limit`` for a seal that is too
  ///   large.
  public init(
    _ body: BodyDigests, release: SealRelease = .none, signedBy key: SigningKey? = nil,
    isDetached: Bool = false,
    originalByteCount: UInt64? = nil
  ) throws(SealError) {
    try self.init(
      body, set: nil, release: release, signedBy: key, isDetached: isDetached,
      originalByteCount: originalByteCount)
  }

  /// Makes the seals of all files of a split set, in their order.
  ///
  /// - Parameters:
  ///   - bodies: The digests of each file.
  ///   - originalByteCounts: The bytes of each file.
  ///   - release: The name and number of the release.
  ///   - key: Signs the seals, if there is one.
  ///   - isDetached: Whether the seals will stand in files of their own.
  /// - Throws: As for one file; ``SealError/Code/set`` for more than 65,535 files.
  /// - Precondition: there are as many lengths as bodies, and all bodies have the same digest.
  public static func set(
    _ bodies: [BodyDigests], originalByteCounts: [UInt64], release: SealRelease = .none,
    signedBy key: SigningKey? = nil, isDetached: Bool = false
  ) throws(SealError) -> [Seal] {
    precondition(bodies.count == originalByteCounts.count)
    guard bodies.count <= SealSet.largestCount else {
      throw SealError(
        .set, found: bodies.count.counted("file"), expected: "at most \(SealSet.largestCount)")
    }
    let id = SealSet.id(of: bodies)
    var seals: [Seal] = []
    for (index, body) in bodies.enumerated() {
      seals.append(
        try Seal(
          body, set: SealSet(id: id, index: index, count: bodies.count), release: release, signedBy: key,
          isDetached: isDetached, originalByteCount: originalByteCounts[index]))
    }
    return seals
  }

  private init(
    _ body: BodyDigests, set: SealSet?, release: SealRelease, signedBy key: SigningKey?, isDetached: Bool,
    originalByteCount: UInt64?
  ) throws(SealError) {
    guard key == nil || body.digest == .sha256 else {
      throw SealError(.downgrade, found: "a signature over \(body.digest.title)", expected: "SHA-256")
    }
    let originalByteCount = originalByteCount ?? body.bodyByteCount
    precondition(originalByteCount <= body.bodyByteCount, "a body with bytes after it")
    chunkDigests = body.chunkDigests
    index = body.index
    statement = SealStatement(
      digest: body.digest, isSigned: key != nil, bodyByteCount: body.bodyByteCount,
      originalByteCount: originalByteCount, chunkByteCount: body.chunkByteCount,
      chunkCount: body.chunkDigests.count / body.digest.byteCount, indexByteCount: body.index.encoded().count,
      release: release, set: set, skeletonDigest: body.skeletonDigest, rootDigest: body.rootDigest,
      indexDigest: body.indexDigest)
    guard statement.sealByteCount <= SealFormat.sealByteCount else {
      throw SealError(
        .limit, found: "a seal of \(statement.sealByteCount.counted("byte"))",
        expected: "at most \(SealFormat.sealByteCount): choose larger chunks")
    }
    self.isDetached = isDetached
    keyID = key?.verifyingKey.id
    signature = try key?.signature(of: statement) ?? []
  }

  init(
    statement: SealStatement, isDetached: Bool, keyID: [UInt8]?, chunkDigests: [UInt8], index: ArrayIndex,
    signature: [UInt8]
  ) {
    self.statement = statement
    self.isDetached = isDetached
    self.keyID = keyID
    self.chunkDigests = chunkDigests
    self.index = index
    self.signature = signature
  }
}

extension Seal {
  /// The bytes of the seal.
  public var byteCount: UInt64 { statement.sealByteCount }

  /// The bytes of the seal, which start where the body ends, or are a detached seal's whole file.
  public func encoded() -> [UInt8] { tables() + footer() }

  /// All of the seal but its footer: what is written first.
  package func tables() -> [UInt8] {
    frame(.tableHeader).encoded() + statement.encoded() + chunkDigests + index.encoded() + (keyID ?? [])
      + signature
  }

  /// The last 64 bytes of the seal: what is written when everything else is on the disk.
  package func footer() -> [UInt8] {
    frame(.footer, tableChecksum: Checksum.of(tables()[...])).encoded()
  }

  private func frame(_ kind: SealFrame.Kind, tableChecksum: UInt32 = 0) -> SealFrame {
    SealFrame(
      kind, isDetached: isDetached, bodyByteCount: statement.bodyByteCount, sealByteCount: byteCount,
      originalByteCount: statement.originalByteCount, tableChecksum: tableChecksum)
  }

  /// Whether a chunk has the bytes that were sealed.
  ///
  /// - Precondition: `index` is that of a chunk.
  /// - Complexity: O(*n*) in the bytes.
  package func matches(_ bytes: UnsafeRawBufferPointer, chunk index: Int) -> Bool {
    statement.range(ofChunk: index).count == bytes.count
      && matches(BodyDigests.digest(statement.digest, ofChunk: index, bytes: bytes)[...], chunk: index)
  }

  /// Whether the digest of a chunk is the one that was sealed.
  ///
  /// - Precondition: `index` is that of a chunk.
  package func matches(_ digest: ArraySlice<UInt8>, chunk index: Int) -> Bool {
    let size = statement.digest.byteCount
    return digest.elementsEqual(chunkDigests[index * size..<(index + 1) * size])
  }
}
