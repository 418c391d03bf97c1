import SystemPackage

/// The bytes of a file, read at any place through one small window.
///
/// Only the window is in memory, however large the file and what stands in it.
final class MessageBytes {
  private static let windowByteCount: UInt64 = 1 << 14

  let file: ReadableBytes
  private var window: [UInt8] = []
  private var start: UInt64 = 0

  init(_ file: ReadableBytes) { self.file = file }

  var path: FilePath { file.path }

  /// The byte at an offset.
  ///
  /// - Precondition: The offset is within the file.
  func byte(at offset: UInt64) throws -> UInt8 {
    if offset < start || offset - start >= UInt64(window.count) { try load(from: offset) }
    return window[Int(offset - start)]
  }

  /// The little-endian number of `count` bytes, of which there are at most 8.
  ///
  /// - Precondition: They are within the file.
  func number(at offset: UInt64, count: Int) throws -> UInt64 {
    var number: UInt64 = 0
    for index in 0..<count { number |= UInt64(try byte(at: offset + UInt64(index))) << UInt64(8 * index) }
    return number
  }

  private func load(from offset: UInt64) throws {
    window = []
    let end = min(file.byteCount, offset + Self.windowByteCount)
    window = try file.bytes(in: offset..<end)
    start = offset
  }
}
