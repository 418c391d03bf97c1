/// The digest of one chunk, computed as its bytes come.
package struct ChunkDigest {
  private var state: DigestState

  /// Starts the digest of a chunk.
  ///
  /// - Precondition: the digest is available.
  package init(_ digest: SealDigest, index: Int, byteCount: Int) {
    state = DigestState(digest, .chunk, UInt64(index), UInt64(byteCount))
  }

  /// Adds the bytes that follow.
  package mutating func update(_ bytes: UnsafeRawBufferPointer) { state.update(bytes) }

  /// The digest, when all bytes were given.
  package consuming func finish() -> [UInt8] { state.finish() }
}
