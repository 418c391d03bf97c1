import IngotEncodings

/// The bytes of a pickle, which are fetched as they are needed: where a pickle ends is known only when it has.
struct PickleBytes {
  /// Fills the buffer with the bytes that begin at an offset from the pickle's first.
  typealias Read = (_ offset: Int, _ buffer: UnsafeMutableRawBufferPointer) throws -> Void

  private static let pieceByteCount = 1 << 16

  /// What has been fetched.
  private(set) var bytes: [UInt8] = []
  /// The next byte.
  private(set) var position = 0
  /// The bytes that there are, within the limit or not.
  let available: UInt64
  private let limit: UInt64
  private let read: Read

  init(available: UInt64, limit: UInt64, read: @escaping Read) {
    self.available = available
    self.limit = limit
    self.read = read
  }

  /// A pickle that is in memory as a whole.
  init(_ bytes: [UInt8]) {
    self.init(available: UInt64(bytes.count), limit: UInt64(bytes.count)) { _, _ in }
    self.bytes = bytes
  }

  /// Whether all bytes were taken.
  var isAtEnd: Bool { UInt64(position) == available }

  /// Takes a byte.
  mutating func byte() throws -> UInt8 {
    if position == bytes.count { try fetch(1) }
    defer { position += 1 }
    return bytes[position]
  }

  /// Takes so many bytes.
  mutating func take(_ count: UInt64) throws -> Range<Int> {
    if count > UInt64(bytes.count - position) { try fetch(count) }
    // What was fetched can be counted.
    defer { position += Int(count) }
    return position..<position + Int(count)
  }

  /// Takes a little-endian number of `count` bytes, at most 8.
  mutating func number(_ count: Int) throws -> UInt64 {
    let range = try take(UInt64(count))
    return bytes[range].littleEndian(at: 0, count: count)
  }

  /// Takes the bytes before the next newline, and passes it.
  mutating func line(atMost limit: Int) throws -> Range<Int> {
    let start = position
    while try byte() != UInt8(ascii: "\n") {
      guard position - start <= limit else {
        throw PickleError(
          .limit, at: start, found: "a name of more than \(limit.counted("byte"))", expected: "a shorter one")
      }
    }
    return start..<position - 1
  }

  private mutating func fetch(_ count: UInt64) throws {
    guard let end = Checked.sum(UInt64(position), count), end <= available else {
      throw PickleError(
        .truncated, at: position, found: "the end of the bytes", expected: "\(count) more for the pickle")
    }
    guard end <= limit else {
      throw PickleError(
        .limit, at: position, found: "a pickle of \(end.counted("byte")) or more",
        expected: "at most \(limit)")
    }
    let target = min(available, limit, max(end, UInt64(bytes.count + Self.pieceByteCount)))
    let start = bytes.count
    let piece = [UInt8](unsafeUninitializedCapacity: Int(target) - start) { buffer, filled in
      buffer.initialize(repeating: 0)
      filled = buffer.count
    }
    bytes += piece
    try bytes.withUnsafeMutableBytes {
      try read(start, UnsafeMutableRawBufferPointer(rebasing: $0[start...]))
    }
  }
}
