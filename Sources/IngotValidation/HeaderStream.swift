/// The bytes of a stream, as a reader of headers wants them: at any position, with the size known.
///
/// The size of a stream is known at its end alone, and what a header is good for depends on it. So the start of the
/// stream is kept until a header has been read from it, the rest is counted, and the header is read again.
struct HeaderStream {
  /// Fills the buffer and gives the number of bytes, 0 at the end.
  typealias Next = (UnsafeMutableRawBufferPointer) throws -> Int
  /// Fills the buffer with the bytes from the offset on.
  typealias Read = (_ offset: UInt64, _ buffer: UnsafeMutableRawBufferPointer) throws -> Void

  /// The header goes on after what is kept.
  private struct NeedsMore: Error {}

  private let next: Next
  private var kept: [UInt8] = []
  private var isAtEnd = false
  /// The last bytes of the stream: a seal ends in as many.
  private var tail: [UInt8] = []

  private static let firstKeptByteCount = 1 << 20
  private static let tailByteCount = 64
  private static let pieceByteCount = 1 << 18

  init(_ next: @escaping Next) { self.next = next }

  /// Lends size, first bytes and a way to read the stream to `body`, which is called until it has what it needs; the
  /// last call counts.
  ///
  /// - Parameter body: Its second argument tells whether the size is that of the whole stream.
  mutating func withHeader(
    _ body: (_ byteCount: UInt64, _ isWhole: Bool, _ start: [UInt8], _ read: @escaping Read) throws -> Void
  ) throws {
    var wanted = Self.firstKeptByteCount
    try keep(wanted)
    while !isAtEnd {
      let bytes = kept
      do {
        try body(UInt64(Int64.max), false, Array(bytes.prefix(16))) { offset, buffer in
          guard let start = Int(exactly: offset), start <= bytes.count, buffer.count <= bytes.count - start
          else { throw NeedsMore() }
          buffer.copyBytes(from: bytes[start..<start + buffer.count])
        }
        break
      } catch is NeedsMore {
        wanted *= 2
        try keep(wanted)
      }
    }
    let byteCount = UInt64(kept.count) + (try rest())
    let (bytes, tail) = (kept, tail)
    try body(byteCount, true, Array(bytes.prefix(16))) { offset, buffer in
      // A header that is read to its end, or to its fault, is within what is kept; windows may reach further.
      let start = min(Int(clamping: offset), bytes.count)
      let count = min(buffer.count, bytes.count - start)
      buffer.copyBytes(from: bytes[start..<start + count])
      if offset == byteCount - UInt64(tail.count), buffer.count == tail.count {
        return buffer.copyBytes(from: tail)
      }
      UnsafeMutableRawBufferPointer(rebasing: buffer[count...]).initializeMemory(as: UInt8.self, repeating: 0)
    }
  }

  /// Keeps the stream up to `count` bytes, or to its end.
  private mutating func keep(_ count: Int) throws {
    while kept.count < count, !isAtEnd {
      var got = 0
      let piece = try [UInt8](unsafeUninitializedCapacity: min(Self.pieceByteCount, count - kept.count)) {
        got = try next(UnsafeMutableRawBufferPointer($0))
        $1 = got
      }
      isAtEnd = got == 0
      kept += piece
    }
  }

  /// Counts what is left of the stream.
  private mutating func rest() throws -> UInt64 {
    tail = kept.suffix(Self.tailByteCount)
    guard !isAtEnd else { return 0 }
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.pieceByteCount, alignment: 1)
    defer { buffer.deallocate() }
    var count: UInt64 = 0
    while case let got = try next(buffer), got > 0 {
      count += UInt64(got)
      tail = Array((tail + buffer[..<got].suffix(Self.tailByteCount)).suffix(Self.tailByteCount))
    }
    isAtEnd = true
    return count
  }
}
