/// Where a pickle is.
struct PickleSource: Sendable {
  private let file: ReadableBytes
  /// From its first byte to the last that it may have.
  private let range: Range<UInt64>

  /// A pickle in a range of a file.
  ///
  /// - Precondition: the range is within the file.
  init(_ file: ReadableBytes, in range: Range<UInt64>) {
    self.file = file
    self.range = range
  }

  /// A pickle that begins with the first byte.
  init(_ file: ReadableBytes) { self.init(file, in: 0..<file.byteCount) }

  /// How many bytes it may have.
  var byteCount: UInt64 { range.upperBound - range.lowerBound }

  /// Some of its bytes, counted from its first.
  ///
  /// - Precondition: they are there.
  func bytes(in part: Range<Int>) throws -> [UInt8] {
    precondition(UInt64(part.upperBound) <= byteCount)
    return try file.bytes(
      in: range.lowerBound + UInt64(part.lowerBound)..<range.lowerBound + UInt64(part.upperBound))
  }
}
