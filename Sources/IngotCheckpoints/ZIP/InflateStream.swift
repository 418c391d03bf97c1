import CZlib

/// A raw stream of DEFLATE as it is inflated, by zlib.
///
/// It is used by one thread at a time; `EntryReader` hands it out to one reader only.
final class InflateStream: @unchecked Sendable {
  /// How a step ended.
  enum Outcome {
    /// Room was filled or input used up.
    case more
    /// The stream is complete.
    case end
    /// The bytes are no DEFLATE.
    case damaged
  }

  // zlib keeps a pointer to the structure, so it must not move.
  private let stream: UnsafeMutablePointer<z_stream>

  private init(_ stream: UnsafeMutablePointer<z_stream>) { self.stream = stream }

  /// A stream at its beginning, or `nil` if there is no memory for it.
  static func make() -> InflateStream? {
    let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    stream.initialize(to: z_stream())
    // Negative: no header and no checksum around the stream.
    guard inflateInit2_(stream, -15, ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size)) == Z_OK else {
      stream.deallocate()
      return nil
    }
    return InflateStream(stream)
  }

  /// The stream as it stands, to go on from there twice; `nil` if there is no memory for it.
  func copy() -> InflateStream? {
    let copy = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    copy.initialize(to: z_stream())
    guard inflateCopy(copy, stream) == Z_OK else {
      copy.deallocate()
      return nil
    }
    return InflateStream(copy)
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
  }

  /// Inflates from `input` into `output`.
  ///
  /// - Returns: How many bytes were used and made, and how it ended.
  func step(
    _ input: UnsafeMutableRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) -> (used: Int, made: Int, outcome: Outcome) {
    let inputCount = min(input.count, Int(UInt32.max))
    let outputCount = min(output.count, Int(UInt32.max))
    stream.pointee.next_in = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
    stream.pointee.avail_in = UInt32(inputCount)
    stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
    stream.pointee.avail_out = UInt32(outputCount)
    let status = inflate(stream, Z_NO_FLUSH)
    let used = inputCount - Int(stream.pointee.avail_in)
    let made = outputCount - Int(stream.pointee.avail_out)
    stream.pointee.next_in = nil
    stream.pointee.next_out = nil
    switch status {
    case Z_OK, Z_BUF_ERROR: return (used, made, .more)
    case Z_STREAM_END: return (used, made, .end)
    default: return (used, made, .damaged)
    }
  }
}

/// CRC-32 as ZIP archives have it.
enum ZIPChecksum {
  /// The checksum of more bytes after those whose checksum is `start`; of none before, 0.
  static func of(_ bytes: UnsafeRawBufferPointer, after start: UInt32 = 0) -> UInt32 {
    // A null pointer would reset the checksum.
    guard let base = bytes.baseAddress else { return start }
    let pointer = base.assumingMemoryBound(to: UInt8.self)
    return UInt32(truncatingIfNeeded: crc32_z(uLong(start), pointer, z_size_t(bytes.count)))
  }
}
