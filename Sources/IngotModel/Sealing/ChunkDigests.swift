import IngotContainer
import IngotSeal

/// Digests the chunks of a body on several cores, in one pass over the file.
enum ChunkDigests {
  /// The bytes of a read: enough for pages that the system holds in large pieces, few enough to stay in a cache.
  private static let readByteCount = 1 << 20
  /// The bytes that a task takes on at once.
  private static let taskByteCount = 8 << 20

  /// The digests of all chunks, one after another.
  ///
  /// - Parameters:
  ///   - shard: The file.
  ///   - threads: How many tasks are under way at once.
  ///   - progress: Takes the number of bytes of each part that is done, on the caller's task.
  /// - Throws: ``ModelError`` with `SHRUNK` or what else the system reports; `CancellationError`.
  static func of(
    _ shard: ModelShard, _ digest: SealDigest, chunkByteCount: Int, threads: Int, progress: (Int) -> Void
  ) async throws -> [UInt8] {
    let bodyByteCount = shard.header.bodyByteCount
    let count = Int((bodyByteCount + UInt64(chunkByteCount) - 1) / UInt64(chunkByteCount))
    let step = max(1, taskByteCount / chunkByteCount)
    var digests = [UInt8](repeating: 0, count: count * digest.byteCount)
    try await withThrowingTaskGroup(of: (first: Int, digests: [UInt8], byteCount: Int).self) { group in
      var next = 0
      var underWay = 0
      while true {
        try Task.checkCancellation()
        while underWay < threads, next < count {
          let chunks = next..<min(count, next + step)
          group.addTask {
            let part = try Self.part(of: shard, digest, chunkByteCount: chunkByteCount, chunks)
            return (chunks.lowerBound, part.digests, part.byteCount)
          }
          next = chunks.upperBound
          underWay += 1
        }
        guard underWay > 0, let done = try await group.next() else { return }
        underWay -= 1
        let start = done.first * digest.byteCount
        digests.replaceSubrange(start..<start + done.digests.count, with: done.digests)
        progress(done.byteCount)
      }
    }
    return digests
  }

  private static func part(
    of shard: ModelShard, _ digest: SealDigest, chunkByteCount: Int, _ chunks: Range<Int>
  ) throws(ModelError) -> (digests: [UInt8], byteCount: Int) {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: readByteCount, alignment: 64)
    defer { buffer.deallocate() }
    var digests: [UInt8] = []
    var byteCount = 0
    for index in chunks {
      let start = UInt64(index) * UInt64(chunkByteCount)
      let size = Int(min(UInt64(chunkByteCount), shard.header.bodyByteCount - start))
      var state = ChunkDigest(digest, index: index, byteCount: size)
      var position = 0
      while position < size {
        let part = UnsafeMutableRawBufferPointer(rebasing: buffer[..<min(readByteCount, size - position)])
        try shard.readBody(into: part, at: start + UInt64(position))
        state.update(UnsafeRawBufferPointer(part))
        position += part.count
      }
      digests += state.finish()
      byteCount += size
    }
    return (digests, byteCount)
  }
}
