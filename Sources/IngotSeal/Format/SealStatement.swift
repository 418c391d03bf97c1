/// What a seal says of a file: the bytes that a signature covers.
///
/// Specification: `spec/seal.md`, clause L6.
public struct SealStatement: Sendable, Hashable {
  /// The digest of skeleton, chunks, root and index.
  public let digest: SealDigest
  /// Whether a signature belongs to the statement.
  public let isSigned: Bool
  /// Where the body ends, in bytes from the start of the file.
  public let bodyByteCount: UInt64
  /// The bytes of the file before it was sealed: fewer where the last padding was missing.
  public let originalByteCount: UInt64
  /// The bytes of each chunk of the body but the last, which may have fewer.
  public let chunkByteCount: Int
  /// The number of chunks.
  public let chunkCount: Int
  /// The bytes of the array index.
  public let indexByteCount: Int
  /// What is released, and the how manieth release it is.
  public let release: SealRelease
  /// The place in a split set; `nil` for a file that is none of a set.
  public let set: SealSet?
  /// The digest of the header without the payloads of the indexed arrays.
  public let skeletonDigest: [UInt8]
  /// The digest over the digests of all chunks.
  public let rootDigest: [UInt8]
  /// The digest of the array index.
  public let indexDigest: [UInt8]

  /// The bytes of the fields whose size does not vary.
  static let fixedByteCount = 112

  /// The bytes of the statement in the seal.
  var byteCount: Int { Self.fixedByteCount + 3 * digest.byteCount + release.name.utf8.count }

  /// The bytes of the whole seal.
  var sealByteCount: UInt64 {
    Self.sealByteCount(
      digest, chunkCount: chunkCount, indexByteCount: indexByteCount, nameByteCount: release.name.utf8.count,
      isSigned: isSigned)
  }

  /// The bytes of a seal with these parts.
  static func sealByteCount(
    _ digest: SealDigest, chunkCount: Int, indexByteCount: Int, nameByteCount: Int, isSigned: Bool
  ) -> UInt64 {
    // Each part is far below the limit of a seal, so nothing overflows.
    UInt64(2 * SealFormat.frameByteCount + fixedByteCount + 3 * digest.byteCount + nameByteCount)
      + UInt64(chunkCount) * UInt64(digest.byteCount) + UInt64(indexByteCount)
      + UInt64(isSigned ? SealFormat.keyIDByteCount + SealFormat.signatureByteCount : 0)
  }

  func encoded() -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(number: digest.rawValue)
    bytes.append(number: UInt32(isSigned ? 1 : 0))
    bytes.append(number: UInt32(set?.index ?? 0))
    bytes.append(number: UInt32(set?.count ?? 0))
    bytes.append(number: bodyByteCount)
    bytes.append(number: originalByteCount)
    bytes.append(number: UInt64(chunkByteCount))
    bytes.append(number: UInt64(chunkCount))
    bytes.append(number: UInt64(indexByteCount))
    bytes.append(number: release.counter)
    bytes.append(number: UInt64(release.name.utf8.count))
    bytes.append(contentsOf: set?.id ?? [])
    bytes.pad(to: 72 + SealFormat.setIDByteCount)
    bytes.append(number: UInt64(digest.byteCount))
    bytes += skeletonDigest + rootDigest + indexDigest
    bytes += Array(release.name.utf8)
    return bytes
  }
}

extension SealStatement {
  /// The number of chunks of a body.
  ///
  /// - Precondition: `chunkByteCount` is not 0.
  static func chunkCount(bodyByteCount: UInt64, chunkByteCount: UInt64) -> UInt64 {
    bodyByteCount / chunkByteCount + (bodyByteCount % chunkByteCount == 0 ? 0 : 1)
  }

  /// The bytes of the body that a chunk has.
  ///
  /// - Precondition: `index` is that of a chunk.
  public func range(ofChunk index: Int) -> Range<UInt64> {
    precondition(index >= 0 && index < chunkCount, "no such chunk")
    let start = UInt64(index) * UInt64(chunkByteCount)
    return start..<min(bodyByteCount, start + UInt64(chunkByteCount))
  }

  /// The chunks that hold bytes of the body.
  ///
  /// - Precondition: `range` lies within the body.
  public func chunks(in range: Range<UInt64>) -> Range<Int> {
    precondition(range.upperBound <= bodyByteCount, "bytes beyond the body")
    guard !range.isEmpty else { return 0..<0 }
    let size = UInt64(chunkByteCount)
    return Int(range.lowerBound / size)..<Int((range.upperBound - 1) / size) + 1
  }
}
