import IngotEncodings
import SystemPackage

/// The bytes of a pickle, which pass in a window: where a pickle ends is known only when it has.
struct PickleBytes {
  private static let pieceByteCount = 1 << 16

  /// What is at hand, from ``windowStart`` on.
  private var window: [UInt8] = []
  private var windowStart = 0
  /// The next byte.
  private(set) var position = 0
  /// The bytes that there are, within the limit or not.
  let available: UInt64
  private let limit: UInt64
  /// Where they are, to read texts again.
  let source: PickleSource

  /// - Parameter limit: The most bytes that a pickle may have; above 2 GiB it counts as that.
  init(_ source: PickleSource, limit: UInt64) {
    self.source = source
    available = source.byteCount
    // Places in a pickle are held in 32 bits.
    self.limit = min(limit, UInt64(Int32.max))
  }

  /// A pickle that is in memory as a whole.
  init(_ bytes: [UInt8]) {
    self.init(PickleSource(ReadableBytes(bytes, path: FilePath(""))), limit: UInt64(bytes.count))
  }

  /// Whether all bytes were taken.
  var isAtEnd: Bool { UInt64(position) == available }

  /// Takes a byte.
  mutating func byte() throws -> UInt8 {
    if position == windowStart + window.count { try fetch(1) }
    defer { position += 1 }
    return window[position - windowStart]
  }

  /// Takes so many bytes.
  ///
  /// - Returns: They, until others are taken.
  mutating func take(_ count: UInt64) throws -> ArraySlice<UInt8> {
    if count > UInt64(windowStart + window.count - position) { try fetch(count) }
    let start = position - windowStart
    // What was fetched can be counted.
    position += Int(count)
    return window[start..<start + Int(count)]
  }

  /// Passes so many bytes, which are read only where they are at hand anyway.
  mutating func pass(_ count: UInt64) throws {
    try check(count)
    position += Int(count)
    if position > windowStart + window.count { (window, windowStart) = ([], position) }
  }

  /// Takes a little-endian number of `count` bytes, at most 8.
  mutating func number(_ count: Int) throws -> UInt64 {
    try take(UInt64(count)).littleEndian(at: 0, count: count)
  }

  /// Takes the bytes before the next newline, and passes it.
  mutating func line(atMost limit: Int) throws -> [UInt8] {
    let start = position
    var line: [UInt8] = []
    while true {
      let byte = try byte()
      if byte == UInt8(ascii: "\n") { return line }
      line.append(byte)
      guard line.count <= limit else {
        throw PickleError(
          .limit, at: start, found: "a name of more than \(limit.counted("byte"))", expected: "a shorter one")
      }
    }
  }

  /// Checks that so many bytes follow.
  ///
  /// - Returns: Where they end.
  @discardableResult private func check(_ count: UInt64) throws -> UInt64 {
    guard let end = Checked.sum(UInt64(position), count), end <= available else {
      throw PickleError(
        .truncated, at: position, found: "the end of the bytes", expected: "\(count) more for the pickle")
    }
    guard end <= limit else {
      throw PickleError(
        .limit, at: position, found: "a pickle of \(end.counted("byte")) or more",
        expected: "at most \(limit)")
    }
    return end
  }

  /// Has a window begin at the next byte that holds `count` bytes or more.
  private mutating func fetch(_ count: UInt64) throws {
    let end = try check(count)
    let target = Int(min(available, limit, max(end, UInt64(position + Self.pieceByteCount))))
    window = try source.bytes(in: position..<target)
    windowStart = position
  }
}
