/// When a part of an architecture is there at all.
///
/// Specification: `spec/metadata.md`, clause M9.
public enum Condition: Sendable, Hashable {
  /// The quantity is 0, or not stated.
  case without(Quantity)
  /// The quantity is stated and greater than 0.
  case with(Quantity)
  /// The quantity is at least so large.
  case atLeast(Quantity, Int)
}

extension Condition: CustomStringConvertible {
  /// The condition as the specification writes it, such as `experts > 0`.
  public var description: String {
    switch self {
    case .without(let quantity): "\(quantity) = 0"
    case .with(let quantity): "\(quantity) > 0"
    case .atLeast(let quantity, let bound): "\(quantity) ≥ \(bound)"
    }
  }
}
