/// A forward reader of a range of bytes that holds one small window of them at a time.
package struct ByteWindow: ~Copyable {
  /// Fills `buffer` with the bytes that begin at `offset`, all of them or throws.
  package typealias Read = (_ offset: UInt64, _ buffer: UnsafeMutableRawBufferPointer) throws -> Void

  /// Where the range ends, in the coordinates of `read`.
  package let end: UInt64
  private let read: Read
  private let capacity: Int
  private var window: [UInt8] = []
  private var windowOffset: UInt64
  private var position = 0

  /// Reads `range` through windows of `capacity` bytes.
  ///
  /// - Precondition: `capacity` is greater than zero.
  package init(_ range: Range<UInt64>, capacity: Int = 1 << 16, read: @escaping Read) {
    precondition(capacity > 0)
    self.end = range.upperBound
    self.read = read
    self.capacity = capacity
    self.windowOffset = range.lowerBound
  }

  /// The offset of the next byte.
  package var offset: UInt64 { windowOffset + UInt64(position) }

  /// The next byte, or `nil` at the end of the range.
  package mutating func peek() throws -> UInt8? {
    guard try fill() else { return nil }
    return window[position]
  }

  /// The next byte, which is passed, or `nil` at the end of the range.
  package mutating func next() throws -> UInt8? {
    guard try fill() else { return nil }
    defer { position += 1 }
    return window[position]
  }

  /// Passes the byte that ``peek()`` gave.
  ///
  /// - Precondition: ``peek()`` gave a byte since the last byte was passed.
  package mutating func skip() {
    precondition(position < window.count)
    position += 1
  }

  /// Passes the run of bytes that fulfil `belongs`, as far as the window reaches, and appends it to `text`.
  ///
  /// - Returns: The number of bytes; zero when the next byte does not belong, or the range has ended.
  @inline(__always)
  package mutating func takeRun(
    atMost limit: Int, into text: inout [UInt8], while belongs: (UInt8) -> Bool
  ) throws -> Int {
    guard limit > 0, try fill() else { return 0 }
    let count = window.withUnsafeBufferPointer { window in
      let rest = UnsafeBufferPointer(rebasing: window[position...].prefix(limit))
      let count = rest.firstIndex { !belongs($0) } ?? rest.count
      text.append(contentsOf: UnsafeBufferPointer(rebasing: rest[..<count]))
      return count
    }
    position += count
    return count
  }

  /// Whether there is a next byte; reads the next window when this one is used up.
  private mutating func fill() throws -> Bool {
    if position < window.count { return true }
    let offset = self.offset
    guard offset < end else { return false }
    let count = Int(min(UInt64(capacity), end - offset))
    if window.count != count { window = [UInt8](repeating: 0, count: count) }
    windowOffset = offset
    position = count  // A failed read leaves no stale bytes to be taken for new ones.
    do {
      try window.withUnsafeMutableBytes { try read(offset, $0) }
    } catch {
      windowOffset = offset
      window = []
      position = 0
      throw error
    }
    position = 0
    return true
  }
}

extension ByteWindow {
  /// Reads bytes that are in memory.
  package init(_ bytes: [UInt8], capacity: Int = 1 << 16) {
    self.init(0..<UInt64(bytes.count), capacity: capacity) { offset, buffer in
      let start = Int(offset)
      buffer.copyBytes(from: bytes[start..<start + buffer.count])
    }
  }
}
