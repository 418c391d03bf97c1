/// A dimension of a tensor, by the numbers that it follows from: `.heads * .keyLength`.
///
/// Specification: `spec/metadata.md`, clause M9.
public indirect enum Size: Sendable, Hashable {
  /// A number that is always the same.
  case number(Int)
  /// A number that the file states.
  case quantity(Quantity)
  /// A sum.
  case sum(Size, Size)
  /// A product.
  case product(Size, Size)
  /// A quotient, rounded down.
  case quotient(Size, Size)

  /// The sum of both.
  public static func + (left: Size, right: Size) -> Size { .sum(left, right) }
  /// The product of both.
  public static func * (left: Size, right: Size) -> Size { .product(left, right) }
  /// The quotient of both, rounded down.
  public static func / (left: Size, right: Size) -> Size { .quotient(left, right) }
}

extension Size: ExpressibleByIntegerLiteral {
  /// Makes a number.
  public init(integerLiteral value: Int) { self = .number(value) }
}

/// The quantities, so that a table reads `[.embedding, .feedForward]`.
extension Size {
  /// ``Quantity/context``.
  public static let context = Size.quantity(.context)
  /// ``Quantity/embedding``.
  public static let embedding = Size.quantity(.embedding)
  /// ``Quantity/feedForward``.
  public static let feedForward = Size.quantity(.feedForward)
  /// ``Quantity/heads``.
  public static let heads = Size.quantity(.heads)
  /// ``Quantity/keyValueHeads``.
  public static let keyValueHeads = Size.quantity(.keyValueHeads)
  /// ``Quantity/keyLength``.
  public static let keyLength = Size.quantity(.keyLength)
  /// ``Quantity/valueLength``.
  public static let valueLength = Size.quantity(.valueLength)
  /// ``Quantity/rotary``.
  public static let rotary = Size.quantity(.rotary)
  /// ``Quantity/experts``.
  public static let experts = Size.quantity(.experts)
  /// ``Quantity/expertsUsed``.
  public static let expertsUsed = Size.quantity(.expertsUsed)
  /// ``Quantity/expertFeedForward``.
  public static let expertFeedForward = Size.quantity(.expertFeedForward)
  /// ``Quantity/sharedFeedForward``.
  public static let sharedFeedForward = Size.quantity(.sharedFeedForward)
  /// ``Quantity/vocabulary``.
  public static let vocabulary = Size.quantity(.vocabulary)
  /// ``Quantity/tokenTypes``.
  public static let tokenTypes = Size.quantity(.tokenTypes)
  /// ``Quantity/classes``.
  public static let classes = Size.quantity(.classes)
  /// ``Quantity/convolution``.
  public static let convolution = Size.quantity(.convolution)
  /// ``Quantity/inner``.
  public static let inner = Size.quantity(.inner)
  /// ``Quantity/state``.
  public static let state = Size.quantity(.state)
  /// ``Quantity/timeStepRank``.
  public static let timeStepRank = Size.quantity(.timeStepRank)
}

extension Size: CustomStringConvertible {
  /// The formula as the specification writes it, such as `heads × keyLength`.
  public var description: String {
    switch self {
    case .number(let value): "\(value)"
    case .quantity(let quantity): "\(quantity)"
    case .sum(let left, let right): "\(left) + \(right)"
    case .product(let left, let right): "\(left.factor) × \(right.factor)"
    case .quotient(let left, let right): "\(left.factor) ÷ \(right.factor)"
    }
  }

  /// The formula, in parentheses where it is a sum.
  private var factor: String { if case .sum = self { "(\(self))" } else { "\(self)" } }
}
