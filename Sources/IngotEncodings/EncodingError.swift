/// Why values could not be encoded or blocks not be decoded.
public struct EncodingError: Error, Sendable, Hashable {
  /// The kind of failure; stable across releases.
  public enum Code: String, Sendable, CaseIterable {
    /// The encoding has no decoder in this release.
    case noDecoder = "NO_DECODER"
    /// The encoding has no encoder in this release.
    case noEncoder = "NO_ENCODER"
    /// NaN or infinity among values that are to be quantized.
    case notFinite = "NOT_FINITE"
    /// A finite value, or the scale that it needs, is too large for the encoding.
    case overflow = "OVERFLOW"
  }

  /// The kind of failure.
  public let code: Code
  /// The encoding that was asked for.
  public let encoding: Encoding
  /// The position of the offending value among the values that were passed, if one value is to blame.
  public let index: Int?
  /// The offending value, if one value is to blame.
  public let value: Float?

  /// Makes an error.
  public init(_ code: Code, _ encoding: Encoding, index: Int? = nil, value: Float? = nil) {
    self.code = code
    self.encoding = encoding
    self.index = index
    self.value = value
  }
}
