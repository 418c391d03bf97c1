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
    /// A fraction among values that are to become integers.
    case inexact = "INEXACT"
    /// An importance that is negative, NaN or infinite.
    case importance = "IMPORTANCE"
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

extension EncodingError: CustomStringConvertible {
  /// What was found, and what to do.
  public var description: String {
    let found = "value \(index ?? 0) is \(value ?? .nan)"
    return switch code {
    case .noDecoder: "this release does not decode \(encoding); a newer one may"
    case .noEncoder: "this release does not encode to \(encoding); choose another encoding"
    case .notFinite:
      "\(found), and \(encoding) holds only finite numbers; repair the source or keep the tensor in F32, F16 or BF16"
    case .overflow:
      "\(found), too large for \(encoding); choose an encoding with a larger range, such as BF16 or F32"
    case .inexact: "\(found), and \(encoding) holds only whole numbers; choose a float encoding"
    case .importance:
      "the importance of value \(index ?? 0) is \(value ?? .nan), not a finite number of 0 or more; "
        + "make the importance matrix again"
    }
  }
}
