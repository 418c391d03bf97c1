/// Reads texts of a pickle again; those that lie close together, or follow each other, with few reads.
final class PickleTexts {
  private static let windowByteCount = 1 << 12

  private let source: PickleSource
  private var window: [UInt8] = []
  private var windowStart = 0

  init(_ source: PickleSource) { self.source = source }

  /// The bytes of a text.
  ///
  /// - Throws: What reading throws.
  func bytes(of text: PickleText) throws -> ArraySlice<UInt8> {
    let range = text.range
    if range.lowerBound < windowStart || range.upperBound > windowStart + window.count {
      let rest = source.byteCount - UInt64(range.lowerBound)
      let count = max(range.count, Int(min(UInt64(Self.windowByteCount), rest)))
      window = try source.bytes(in: range.lowerBound..<range.lowerBound + count)
      windowStart = range.lowerBound
    }
    return window[range.lowerBound - windowStart..<range.upperBound - windowStart]
  }

  /// The text, of which all bytes were found to be UTF-8.
  func string(_ text: PickleText) throws -> String { String(decoding: try bytes(of: text), as: UTF8.self) }
}
