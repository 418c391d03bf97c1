/// A key that an architecture reads, without the name of the architecture in front.
///
/// The type of its value stands in the table of known keys (``KnownKey``).
///
/// Specification: `spec/metadata.md`, clause M8.
public struct Hyperparameter: Sendable, Hashable {
  /// What a value must be.
  public enum Constraint: Sendable, Hashable {
    /// An integer in a range.
    case count(ClosedRange<Int>)
    /// An integer in a range, or an array with one for each block.
    case perBlock(ClosedRange<Int>)
    /// A finite float greater than 0.
    case positive
    /// A finite float of at least 0.
    case notNegative
    /// A finite float.
    case finite
    /// One of several words.
    case word([String])
    /// Any value of the right type.
    case any
  }

  /// The key after the name of the architecture, such as `attention.head_count`.
  public let key: String
  /// Whether a reader can do without it.
  public let isRequired: Bool
  /// What its value must be.
  public let constraint: Constraint
  /// What the quantity is where the key is absent; `nil` where nothing follows.
  public let fallback: Size?

  /// The quantity that the key states, if shapes follow from it.
  public var quantity: Quantity? { Quantity(rawValue: key) }

  init(
    key: String, isRequired: Bool, constraint: Constraint, fallback: Size? = nil
  ) {
    self.key = key
    self.isRequired = isRequired
    self.constraint = constraint
    self.fallback = fallback
  }
}

extension Hyperparameter {
  /// A quantity that a file must state.
  static func required(
    _ quantity: Quantity, _ constraint: Constraint = .count(1...Self.largestCount)
  ) -> Self {
    Self(key: quantity.rawValue, isRequired: true, constraint: constraint)
  }

  /// A quantity that a file may state.
  static func optional(
    _ quantity: Quantity, _ constraint: Constraint = .count(1...Self.largestCount), else fallback: Size? = nil
  ) -> Self {
    Self(key: quantity.rawValue, isRequired: false, constraint: constraint, fallback: fallback)
  }

  /// A value that a file must state.
  static func required(_ key: String, _ constraint: Constraint) -> Self {
    Self(key: key, isRequired: true, constraint: constraint)
  }

  /// A value that a file may state.
  static func optional(_ key: String, _ constraint: Constraint) -> Self {
    Self(key: key, isRequired: false, constraint: constraint)
  }

  /// The largest count that a reader can hold, 2^31 − 1.
  static let largestCount = Int(Int32.max)
}

extension Hyperparameter.Constraint: CustomStringConvertible {
  /// The constraint as the specification writes it, such as `1 to 512`.
  public var description: String {
    switch self {
    case .count(let range): Self.phrase(range)
    case .perBlock(let range): "\(Self.phrase(range)), or as many for each block"
    case .positive: "finite, above 0"
    case .notNegative: "finite, at least 0"
    case .finite: "finite"
    case .word(let words): words.map { "`\($0)`" }.joined(separator: ", ")
    case .any: "any"
    }
  }

  private static func phrase(_ range: ClosedRange<Int>) -> String {
    range.upperBound == Hyperparameter.largestCount
      ? "at least \(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound)"
  }
}
