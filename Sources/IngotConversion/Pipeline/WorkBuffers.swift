/// The memory that one unit of work needs, used again and again so that a long run allocates nothing as it goes.
///
/// Marked `@unchecked Sendable` since ownership moves as a whole: buffers are either with the coordinator or with the
/// one task that they were handed to, never with both.
final class WorkBuffers: @unchecked Sendable {
  /// Bytes as the checkpoint stores them.
  let stored = GrowingBuffer()
  /// Decoded values.
  let values = GrowingBuffer()
  /// Decoded values of the file that is compared.
  let otherValues = GrowingBuffer()
  /// The importance of the decoded values.
  let importance = GrowingBuffer()
  /// Bytes to be written.
  let output = GrowingBuffer()
}

/// Memory that grows to the largest size that it was asked for.
final class GrowingBuffer {
  private var memory = UnsafeMutableRawBufferPointer(start: nil, count: 0)

  /// Room for `count` bytes, aligned for any number; what was there before may be lost.
  func bytes(_ count: Int) -> UnsafeMutableRawBufferPointer {
    if memory.count < count {
      memory.deallocate()
      memory = .allocate(byteCount: count, alignment: 64)
    }
    return UnsafeMutableRawBufferPointer(rebasing: memory[..<count])
  }

  /// Room for `count` numbers, not initialized to anything in particular.
  func floats(_ count: Int) -> UnsafeMutableBufferPointer<Float> {
    bytes(count * MemoryLayout<Float>.stride).bindMemory(to: Float.self)
  }

  deinit { memory.deallocate() }
}
