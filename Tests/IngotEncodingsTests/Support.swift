@testable import IngotEncodings

extension Encoding {
  /// The encodings that this release decodes and encodes.
  static var withCodec: [Encoding] { allCases.filter(\.canEncode) }

  /// The values of whole blocks.
  func decoded(_ blocks: [UInt8]) throws(EncodingError) -> [Float] {
    var values = [Float](repeating: .nan, count: blocks.count / bytesPerBlock * elementsPerBlock)
    var span = values.mutableSpan
    try decode(blocks.span.bytes, into: &span)
    return values
  }

  /// The blocks of values.
  func encoded(
    _ values: [Float], importance: [Float]? = nil, effort: Effort = .fast
  ) throws(EncodingError) -> [UInt8] {
    var blocks = [UInt8](repeating: 0xA5, count: values.count / elementsPerBlock * bytesPerBlock)
    var span = blocks.mutableSpan
    var bytes = span.mutableBytes
    try encode(values.span, importance: importance?.span, into: &bytes, effort: effort)
    return blocks
  }

  /// The error that encoding gives, or `nil` if it succeeds.
  func refusal(of values: [Float]) -> EncodingError? {
    do {
      _ = try encoded(values)
      return nil
    } catch {
      return error
    }
  }
}

extension [Float] {
  /// The little-endian numbers of a file.
  init(littleEndian bytes: [UInt8]) {
    self = bytes.withUnsafeBytes { bytes in
      (0..<bytes.count / 4).map {
        Float(bitPattern: bytes.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self))
      }
    }
  }

  /// What two floats must share to be the same: NaN equals its own pattern, and 0 is not -0.
  var bitPatterns: [UInt32] { map(\.bitPattern) }
}

/// The first position where two sequences differ, or `nil`: a shorter failure message than the sequences.
func firstDifference<Element: Equatable>(_ left: [Element], _ right: [Element]) -> Int? {
  if left == right { return nil }
  return zip(left, right).enumerated().first { $0.element.0 != $0.element.1 }?.offset
    ?? min(left.count, right.count)
}
