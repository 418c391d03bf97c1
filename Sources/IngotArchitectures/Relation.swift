/// What two numbers of a file must be to each other.
///
/// Specification: `spec/metadata.md`, clause M8.
public enum Relation: Sendable, Hashable {
  /// Both are the same.
  case equal(Quantity, Quantity)
  /// The first is not greater than the second.
  case atMost(Quantity, Quantity)
  /// The first divides the second without remainder.
  case divides(Quantity, Quantity)
  /// Where there is any of the second, there is some of the first.
  case neededBy(Quantity, Quantity)

  /// Both quantities, in the order of the sentence.
  public var quantities: (Quantity, Quantity) {
    switch self {
    case .equal(let left, let right), .atMost(let left, let right), .divides(let left, let right),
      .neededBy(let left, let right):
      (left, right)
    }
  }

  /// Whether the relation holds between two numbers.
  public func holds(_ left: Int, _ right: Int) -> Bool {
    switch self {
    case .equal: left == right
    case .atMost: left <= right
    case .divides: left > 0 && right.isMultiple(of: left)
    case .neededBy: left > 0 || right == 0
    }
  }
}

extension Relation: CustomStringConvertible {
  /// The relation as the specification writes it, such as `rotary = keyLength`.
  public var description: String {
    switch self {
    case .equal(let left, let right): "\(left) = \(right)"
    case .atMost(let left, let right): "\(left) ≤ \(right)"
    case .divides(let left, let right): "\(left) divides \(right)"
    case .neededBy(let left, let right): "\(left) > 0 where \(right) > 0"
    }
  }
}
