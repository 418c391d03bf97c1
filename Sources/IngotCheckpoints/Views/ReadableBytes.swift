import IngotFiles
import SystemPackage

/// The bytes of a file, wherever they are.
struct ReadableBytes: Sendable {
  /// Fills `buffer` with the bytes that begin at `offset`, all of them or throws.
  typealias Read = @Sendable (_ offset: UInt64, _ buffer: UnsafeMutableRawBufferPointer) throws -> Void

  /// What the file is called in messages.
  let path: FilePath
  /// How many there are.
  let byteCount: UInt64
  let read: Read

  init(path: FilePath, byteCount: UInt64, read: @escaping Read) {
    self.path = path
    self.byteCount = byteCount
    self.read = read
  }

  /// The bytes of an open file.
  init(_ file: RegularFile) {
    self.init(path: file.path, byteCount: file.byteCount) { try file.read(into: $1, at: $0) }
  }

  /// Bytes that are in memory.
  init(_ bytes: [UInt8], path: FilePath) {
    self.init(path: path, byteCount: UInt64(bytes.count)) { offset, buffer in
      let start = Int(offset)
      buffer.copyBytes(from: bytes[start..<start + buffer.count])
    }
  }

  /// The bytes of a range.
  ///
  /// - Precondition: the range is within the file, and small enough to be held in memory.
  func bytes(in range: Range<UInt64>) throws -> [UInt8] {
    precondition(range.upperBound <= byteCount)
    var bytes = [UInt8](repeating: 0, count: Int(range.upperBound - range.lowerBound))
    try bytes.withUnsafeMutableBytes { try read(range.lowerBound, $0) }
    return bytes
  }
}

extension Collection<UInt8> {
  /// The little-endian number of `count` bytes that begin at an offset from the start.
  ///
  /// - Precondition: the bytes are there, and `count` is at most 8.
  func littleEndian(at offset: Int, count: Int) -> UInt64 {
    let start = index(startIndex, offsetBy: offset)
    return self[start..<index(start, offsetBy: count)].reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
}
