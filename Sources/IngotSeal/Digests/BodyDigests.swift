import IngotContainer

/// The digests of a body: all that a seal says of its bytes.
///
/// Made by a ``BodyDigester``, or from the digests of chunks that were computed elsewhere, in any order.
public struct BodyDigests: Sendable, Hashable {
  /// The digest.
  public let digest: SealDigest
  /// Where the body ends.
  public let bodyByteCount: UInt64
  /// The bytes of a chunk.
  public let chunkByteCount: Int
  /// The digests of the chunks, one after another.
  let chunkDigests: [UInt8]
  /// The digest of the skeleton.
  let skeletonDigest: [UInt8]
  /// The digest over the digests of all chunks.
  let rootDigest: [UInt8]
  /// The digest of the index.
  let indexDigest: [UInt8]
  /// The array index.
  let index: ArrayIndex

  /// Puts together the digests of a body.
  ///
  /// - Parameters:
  ///   - header: The header, as it was read from the body.
  ///   - digest: One that is available.
  ///   - chunkByteCount: The bytes of a chunk.
  ///   - chunkDigests: The digest of each chunk, in order: ``Self/digest(_:ofChunk:bytes:)``.
  ///   - reading: Fills the buffer with the bytes of the body from the offset on; called for the header alone.
  /// - Throws: what `reading` throws.
  package init(
    of header: ContainerHeader, _ digest: SealDigest, chunkByteCount: Int, chunkDigests: [UInt8],
    reading: (_ offset: UInt64, _ buffer: UnsafeMutableRawBufferPointer) throws -> Void
  ) throws {
    let index = ArrayIndex(of: header)
    self.init(
      of: header, digest, chunkByteCount: chunkByteCount, chunkDigests: chunkDigests, index: index,
      skeletonDigest: try Self.skeletonDigest(
        digest, index, headerByteCount: header.headerByteCount, reading: reading))
  }

  init(
    of header: ContainerHeader, _ digest: SealDigest, chunkByteCount: Int, chunkDigests: [UInt8],
    index: ArrayIndex, skeletonDigest: [UInt8]
  ) {
    self.digest = digest
    bodyByteCount = header.bodyByteCount
    self.chunkByteCount = chunkByteCount
    self.chunkDigests = chunkDigests
    self.index = index
    self.skeletonDigest = skeletonDigest
    rootDigest = Self.rootDigest(
      digest, bodyByteCount: bodyByteCount, chunkByteCount: chunkByteCount, chunkDigests: chunkDigests)
    indexDigest = Self.indexDigest(digest, index.encoded()[...])
  }
}

// The formulas of `spec/seal.md`, clause L9.
extension BodyDigests {
  /// The digest of a chunk.
  ///
  /// - Precondition: the digest is available.
  package static func digest(
    _ digest: SealDigest, ofChunk index: Int, bytes: UnsafeRawBufferPointer
  ) -> [UInt8] {
    var state = DigestState(digest, .chunk, UInt64(index), UInt64(bytes.count))
    state.update(bytes)
    return state.finish()
  }

  static func rootDigest(
    _ digest: SealDigest, bodyByteCount: UInt64, chunkByteCount: Int, chunkDigests: [UInt8]
  ) -> [UInt8] {
    var state = DigestState(
      digest, .root, bodyByteCount, UInt64(chunkByteCount), UInt64(chunkDigests.count / digest.byteCount))
    state.update(chunkDigests)
    return state.finish()
  }

  static func indexDigest(_ digest: SealDigest, _ index: ArraySlice<UInt8>) -> [UInt8] {
    var state = DigestState(digest, .index, UInt64(index.count))
    index.withUnsafeBytes { state.update($0) }
    return state.finish()
  }

  static func skeletonState(
    _ digest: SealDigest, _ stretches: [Range<UInt64>]
  ) -> DigestState {
    DigestState(digest, .skeleton, stretches.reduce(0) { $0 + UInt64($1.count) })
  }

  /// The digest of the skeleton of a header that is read a part at a time.
  static func skeletonDigest(
    _ digest: SealDigest, _ index: ArrayIndex, headerByteCount: UInt64,
    reading: (_ offset: UInt64, _ buffer: UnsafeMutableRawBufferPointer) throws -> Void
  ) throws -> [UInt8] {
    let stretches = index.skeleton(headerByteCount: headerByteCount)
    var state = skeletonState(digest, stretches)
    let longest = stretches.map(\.count).max() ?? 0
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: min(64 << 10, longest), alignment: 16)
    defer { buffer.deallocate() }
    for stretch in stretches {
      var offset = stretch.lowerBound
      while offset < stretch.upperBound {
        let count = Int(min(UInt64(buffer.count), stretch.upperBound - offset))
        let part = UnsafeMutableRawBufferPointer(rebasing: buffer[..<count])
        try reading(offset, part)
        state.update(UnsafeRawBufferPointer(part))
        offset += UInt64(count)
      }
    }
    return state.finish()
  }
}
