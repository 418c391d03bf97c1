/// Why the bytes of a tensor could not be turned into numbers.
public struct ElementTypeError: Error, Sendable, Hashable {
  /// The kind of failure; stable across releases.
  public enum Code: String, Sendable, CaseIterable {
    /// This release does not know how the elements stand in the bytes.
    case noDecoder = "NO_DECODER"
    /// Bits that stand for no value of the type: a truth value that is neither 0 nor 1, the ternary code 3, or, on the way
    /// back, a number that the type does not have.
    case noValue = "VALUE"
    /// An integer that no encoding holds: an unsigned one of 2^63 or more.
    case tooLarge = "OVERFLOW"
  }

  /// The kind of failure.
  public let code: Code
  /// The type of the elements.
  public let type: ElementType
  /// The position of the offending element among those that were passed, if one is to blame.
  public let index: Int?
  /// The offending element's bits, if one is to blame.
  public let bits: UInt64?

  /// Makes an error.
  public init(_ code: Code, _ type: ElementType, index: Int? = nil, bits: UInt64? = nil) {
    self.code = code
    self.type = type
    self.index = index
    self.bits = bits
  }
}

extension ElementTypeError: CustomStringConvertible {
  /// What was found, and what was expected.
  public var description: String {
    switch code {
    case .noDecoder:
      "this release does not decode \(type) elements; their bytes can only be copied as they are"
    case .noValue:
      "element \(index ?? 0) is \(bits ?? 0), and a \(type) element is \(values)"
    case .tooLarge:
      "element \(index ?? 0) is \(bits ?? 0), and the largest integer that can be stored is \(Int64.max)"
    }
  }

  /// The values of the type, in words.
  private var values: String {
    switch type {
    case .bool: "0 or 1"
    case .ternary: "0, 1 or 2"
    default: "one of those that \(Int(type.bitsPerElement)) bits have"
    }
  }
}
