import IngotEncodings

/// One tensor of the output: where it comes from, how it is stored, and why.
public struct PlannedTensor: Sendable, Hashable, Codable {
  /// What happens to the bytes of the source.
  public enum Transform: String, Sendable, Codable {
    /// They are copied as they are.
    case copy
    /// Each value moves to a wider type that holds it exactly.
    case widen
    /// They are decoded to single precision and encoded anew.
    case encode
  }

  /// The tensor's name in the checkpoint.
  public let sourceName: String
  /// The element type or encoding in the checkpoint, as its format spells it.
  public let sourceType: String
  /// The shape in the checkpoint, slowest dimension first.
  public let sourceShape: [Int]
  /// The name in the output.
  public let name: String
  /// The dimensions in the output, fastest first, as the container states them.
  public let dimensions: [Int]
  /// The encoding in the output.
  public let encoding: Encoding
  /// What happens to the bytes on the way.
  public let transform: Transform
  /// What the family changes before that, such as the order of rows, in words; `nil` where nothing changes.
  public let change: String?
  /// Why the tensor has this encoding.
  public let reason: EncodingReason
  /// The size in the output in bytes, without padding.
  public let byteCount: Int
  /// The name of the importance matrix' entry that weights the error, if it is quantized and there is one.
  public let importance: String?
  /// The name of the second moments by which its errors make up for each other, if it is quantized and there are some.
  public let secondMoments: String?

  /// The number of values in the output.
  public var elementCount: Int { dimensions.reduce(1, *) }

  /// Whether an encoder chooses codes for it, so that an importance matrix may have a say.
  public var isQuantized: Bool { transform == .encode && encoding.kind == .quantized }
}

/// Why a tensor gets the encoding that it gets.
public struct EncodingReason: Sendable, Hashable, Codable, CustomStringConvertible {
  /// The kind of reason; stable across releases.
  public enum Code: String, Sendable, Codable, CaseIterable {
    /// The encoding that the conversion was asked for.
    case asked
    /// The precision that the checkpoint has.
    case own
    /// A rule names the tensor.
    case rule
    /// A tensor with one dimension is small and sensitive.
    case oneDimension
    /// Normalization weights are small and sensitive.
    case norm
    /// Readers compute with this tensor in single precision only.
    case reader
    /// Integers, truth values and complex numbers are kept exactly.
    case exact
    /// The rows do not divide into blocks of the encoding that was wanted.
    case fallback
  }

  /// The kind of reason.
  public let code: Code
  /// The reason in words.
  public let description: String

  init(_ code: Code, _ description: String) {
    self.code = code
    self.description = description
  }
}
