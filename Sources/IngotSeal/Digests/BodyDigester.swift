import IngotContainer
import IngotEncodings

/// Computes the digests of a body from its bytes in order, as they are written or read: no second pass.
///
/// ```swift
/// var digester = try BodyDigester(header, .crc32)
/// while let part = next() { digester.update(part) }
/// let seal = try Seal(digester.finish())
/// ```
public struct BodyDigester {
  private let header: ContainerHeader
  private let digest: SealDigest
  private let chunkByteCount: Int
  private let index: ArrayIndex
  private let stretches: [Range<UInt64>]
  private var skeleton: DigestState
  private var chunk: DigestState?
  private var chunkDigests: [UInt8] = []
  private var offset: UInt64 = 0

  /// Prepares to digest a body.
  ///
  /// - Parameters:
  ///   - header: The header, as it was read from the bytes that will be given.
  ///   - digest: The digest.
  ///   - chunkByteCount: The bytes of a chunk: a power of two from 64 KiB to 64 MiB.
  /// - Throws: ``SealError/Code/limit`` for a chunk size that cannot be or a seal that would be too large;
  ///   ``SealError/Code/version`` for a digest that this build does not have.
  public init(
    _ header: ContainerHeader, _ digest: SealDigest = .crc32,
    chunkByteCount: Int = SealFormat.defaultChunkByteCount
  ) throws(SealError) {
    try Self.check(digest, chunkByteCount: chunkByteCount, bodyByteCount: header.bodyByteCount)
    self.header = header
    self.digest = digest
    self.chunkByteCount = chunkByteCount
    index = ArrayIndex(of: header)
    stretches = index.skeleton(headerByteCount: header.headerByteCount)
    skeleton = BodyDigests.skeletonState(digest, stretches)
  }

  /// Whether such a seal can be made.
  package static func check(
    _ digest: SealDigest, chunkByteCount: Int, bodyByteCount: UInt64
  ) throws(SealError) {
    guard digest.isAvailable else {
      throw SealError(
        .version, found: "digests of \(digest.title)", expected: "a build with the trait Signatures")
    }
    guard let size = UInt64(exactly: chunkByteCount), SealFormat.isChunkByteCount(size) else {
      throw SealError(
        .limit, found: "chunks of \(chunkByteCount.counted("byte"))",
        expected:
          "a power of two from \(SealFormat.chunkByteCounts.lowerBound) to \(SealFormat.chunkByteCounts.upperBound)"
      )
    }
    let count = SealStatement.chunkCount(bodyByteCount: bodyByteCount, chunkByteCount: size)
    guard count <= SealFormat.sealByteCount / 2 / UInt64(digest.byteCount) else {
      throw SealError(
        .limit, found: count.counted("chunk"), expected: "larger chunks for a body of this size")
    }
  }

  /// Adds the bytes that follow; those beyond the body are left out.
  public mutating func update(_ bytes: UnsafeRawBufferPointer) {
    let left = header.bodyByteCount - offset
    var rest = UnsafeRawBufferPointer(rebasing: bytes.prefix(Int(clamping: left)))
    updateSkeleton(rest)
    while !rest.isEmpty {
      let position = offset % UInt64(chunkByteCount)
      let start = offset - position
      let end = min(header.bodyByteCount, start + UInt64(chunkByteCount))
      let count = min(rest.count, Int(end - offset))
      var state =
        chunk.take()
        ?? DigestState(digest, .chunk, start / UInt64(chunkByteCount), end - start)
      state.update(UnsafeRawBufferPointer(rebasing: rest[..<count]))
      offset += UInt64(count)
      rest = UnsafeRawBufferPointer(rebasing: rest[count...])
      if offset == end {
        chunkDigests += state.finish()
      } else {
        chunk = state
      }
    }
  }

  private mutating func updateSkeleton(_ bytes: UnsafeRawBufferPointer) {
    guard offset < header.headerByteCount else { return }
    let here = offset..<offset + UInt64(bytes.count)
    for stretch in stretches where stretch.overlaps(here) {
      let part = stretch.clamped(to: here)
      skeleton.update(
        UnsafeRawBufferPointer(
          rebasing: bytes[Int(part.lowerBound - offset)..<Int(part.upperBound - offset)]))
    }
  }

  /// The digests.
  ///
  /// - Precondition: all bytes of the body were given.
  public consuming func finish() -> BodyDigests {
    precondition(offset == header.bodyByteCount, "the body is not complete")
    return BodyDigests(
      of: header, digest, chunkByteCount: chunkByteCount, chunkDigests: chunkDigests, index: index,
      skeletonDigest: skeleton.finish())
  }
}
