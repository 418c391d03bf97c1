/// The bytes of a file in order, seen through a window: all of them, or a buffer that positional reads fill.
struct ByteCursor: ~Copyable {
  /// Fills the buffer with the bytes of the file from the offset on, or throws.
  typealias Read = (_ offset: UInt64, _ buffer: UnsafeMutableRawBufferPointer) throws -> Void

  /// The bytes that one positional read asks for, unless a single string needs more: few at the start and after bytes that were
  /// passed over, for often the next are passed over too; then twice as many each time.
  static let windowByteCounts = 4 << 10...64 << 10

  /// The size of the file.
  let byteCount: UInt64
  /// Where the next byte stands in the file.
  private(set) var offset: UInt64 = 0
  /// The bytes at hand, from ``offset`` on; valid until the next call of ``fill(_:)``.
  private(set) var window: UnsafeRawBufferPointer
  /// What a positional read threw; it takes precedence over the error that the parser then throws.
  private(set) var readFailure: (any Error)?

  private let read: Read?
  /// How many bytes the next read asks for.
  private var nextByteCount = windowByteCounts.lowerBound
  private var buffer = UnsafeMutableRawBufferPointer(start: nil, count: 0)

  /// A cursor over bytes that outlive it.
  init(_ bytes: UnsafeRawBufferPointer) {
    byteCount = UInt64(bytes.count)
    window = bytes
    read = nil
  }

  /// A cursor over a file of `byteCount` bytes.
  init(byteCount: UInt64, read: @escaping Read) {
    self.byteCount = byteCount
    self.read = read
    window = UnsafeRawBufferPointer(start: nil, count: 0)
  }

  deinit { buffer.deallocate() }

  /// The bytes of the file from ``offset`` on.
  var remaining: UInt64 { byteCount - offset }

  /// Sees to it that at least `count` bytes are at hand; false if a read failed.
  ///
  /// - Precondition: `count` is at most ``remaining``.
  mutating func fill(_ count: Int) -> Bool {
    guard window.count < count else { return true }
    guard let read, readFailure == nil else { return false }
    let atHand = window.count
    let filled = Int(min(UInt64(max(count, nextByteCount)), remaining))
    nextByteCount = min(2 * nextByteCount, Self.windowByteCounts.upperBound)
    if buffer.count < filled {
      let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: filled, alignment: 16)
      larger.copyMemory(from: window)
      buffer.deallocate()
      buffer = larger
    } else {
      buffer.copyMemory(from: window)
    }
    window = UnsafeRawBufferPointer(rebasing: buffer[..<filled])
    return load(buffer[atHand..<filled], from: offset + UInt64(atHand), with: read)
  }

  /// Moves past `count` bytes that are at hand.
  mutating func skip(_ count: Int) {
    window = UnsafeRawBufferPointer(rebasing: window[count...])
    offset += UInt64(count)
  }

  /// Moves past `count` bytes, whether they are at hand or not.
  ///
  /// - Precondition: `count` is at most ``remaining``.
  mutating func pass(_ count: Int) {
    let atHand = min(window.count, count)
    skip(atHand)
    guard atHand < count else { return }
    offset += UInt64(count - atHand)
    nextByteCount = Self.windowByteCounts.lowerBound
  }

  /// Copies the next bytes and moves past them; what is not at hand is read in place.
  ///
  /// - Returns: false if a read failed.
  /// - Precondition: the size of `target` is at most ``remaining``.
  mutating func copy(into target: UnsafeMutableRawBufferPointer) -> Bool {
    let atHand = min(window.count, target.count)
    target.copyMemory(from: UnsafeRawBufferPointer(rebasing: window[..<atHand]))
    skip(atHand)
    let rest = target[atHand...]
    guard !rest.isEmpty else { return true }
    guard let read, readFailure == nil, load(rest, from: offset, with: read) else { return false }
    offset += UInt64(rest.count)
    return true
  }

  private mutating func load(
    _ target: Slice<UnsafeMutableRawBufferPointer>, from offset: UInt64, with read: Read
  ) -> Bool {
    do {
      try read(offset, UnsafeMutableRawBufferPointer(rebasing: target))
      return true
    } catch {
      readFailure = error
      return false
    }
  }
}
