/// A stretch of a storage that was read, and that small pieces are taken out of.
struct StorageWindow {
  /// Pieces of one length that lie at the same distance from each other, in the storage and in the result.
  struct Pieces {
    let count: Int
    /// The bytes of a piece.
    let byteCount: Int
    /// The bytes from the beginning of one to that of the next in the storage, and in the result.
    let stride: Int
    let step: Int
  }

  /// Where the storage is not read any further.
  private let end: Int
  private let byteCount: Int
  private let read: StridedReader.Read
  private var bytes: [UInt8] = []
  private var start = 0

  /// - Parameters:
  ///   - end: Where the storage is not read any further.
  ///   - byteCount: How many bytes are read at once.
  ///   - read: Reads them.
  init(end: Int, byteCount: Int, read: @escaping StridedReader.Read) {
    self.end = end
    self.byteCount = byteCount
    self.read = read
  }

  /// Copies pieces of which the first begins at an offset in the storage, and at the beginning of `buffer`.
  mutating func copy(_ pieces: Pieces, from offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws {
    var index = 0
    while index < pieces.count {
      let held = heldCount(pieces, from: offset + index * pieces.stride, atMost: pieces.count - index)
      let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[(index * pieces.step)...])
      if held > 0 {
        bytes.withUnsafeBytes {
          let source = UnsafeRawBufferPointer(rebasing: $0[(offset + index * pieces.stride - start)...])
          Self.copy(pieces, count: held, from: source, into: rest)
        }
        index += held
      } else {
        try copy(
          from: offset + index * pieces.stride,
          into: UnsafeMutableRawBufferPointer(rebasing: rest[..<pieces.byteCount]))
        index += 1
      }
    }
  }

  /// How many of the next pieces are in the window.
  private func heldCount(_ pieces: Pieces, from offset: Int, atMost count: Int) -> Int {
    let room = start + bytes.count - offset - pieces.byteCount
    return offset < start || room < 0 ? 0 : min(count, room / pieces.stride + 1)
  }

  private static func copy(
    _ pieces: Pieces, count: Int, from source: UnsafeRawBufferPointer,
    into target: UnsafeMutableRawBufferPointer
  ) {
    func copy<Element: BitwiseCopyable>(_: Element.Type) {
      for index in 0..<count {
        target.storeBytes(
          of: source.loadUnaligned(fromByteOffset: index * pieces.stride, as: Element.self),
          toByteOffset: index * pieces.step, as: Element.self)
      }
    }
    switch pieces.byteCount {
    case 1: copy(UInt8.self)
    case 2: copy(UInt16.self)
    case 4: copy(UInt32.self)
    case 8: copy(UInt64.self)
    default:
      for index in 0..<count {
        let (from, to) = (index * pieces.stride, index * pieces.step)
        UnsafeMutableRawBufferPointer(rebasing: target[to..<to + pieces.byteCount])
          .copyMemory(from: UnsafeRawBufferPointer(rebasing: source[from..<from + pieces.byteCount]))
      }
    }
  }

  /// Copies the bytes at an offset, and reads on from there where they are not in the window.
  private mutating func copy(from offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws {
    if byteCount == buffer.count, bytes.isEmpty { return try read(offset, buffer) }
    if offset < start || offset + buffer.count > start + bytes.count {
      let count = min(byteCount, end - offset)
      if bytes.count != count { bytes = [UInt8](repeating: 0, count: count) }
      try bytes.withUnsafeMutableBytes { try read(offset, $0) }
      start = offset
    }
    bytes.withUnsafeBytes {
      buffer.copyMemory(
        from: UnsafeRawBufferPointer(rebasing: $0[offset - start..<offset - start + buffer.count]))
    }
  }
}
