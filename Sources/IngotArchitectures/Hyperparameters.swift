import IngotContainer
import IngotEncodings

/// The numbers of one file that shapes follow from, with what follows from others where a key is absent.
///
/// Nothing here fails: a key that is missing, of another type or too large leaves its quantity unknown, and
/// whatever needs it is `nil`.
///
/// Specification: `spec/metadata.md`, clauses M8 and M9.
public struct Hyperparameters: Sendable {
  private var stated: [Quantity: [Int]] = [:]
  private var fallbacks: [Quantity: Size] = [:]

  /// Reads what `architecture` needs.
  ///
  /// - Complexity: O(*n*) in the elements of the arrays that it needs.
  public init(_ architecture: Architecture, from metadata: Metadata) {
    for parameter in architecture.hyperparameters {
      guard let quantity = parameter.quantity else { continue }
      fallbacks[quantity] = parameter.fallback
      stated[quantity] = Self.numbers(metadata[quantity.key(in: architecture.name)], of: parameter)
    }
    stated[.classes] = [Self.count(metadata[Quantity.classes.key(in: architecture.name)]) ?? 1]
    if let tokens = Self.count(metadata[TokenizerModel.tokens]) { stated[.vocabulary] = [tokens] }
  }

  /// The value of a quantity in a block, or `nil` where it is not known.
  public func value(_ quantity: Quantity, block: Int = 0) -> Int? {
    if let numbers = stated[quantity] {
      return numbers.count == 1 ? numbers[0] : numbers.indices.contains(block) ? numbers[block] : nil
    }
    return fallbacks[quantity].flatMap { value(of: $0, block: block) }
  }

  /// The value of a formula in a block, or `nil` where it is not known or does not fit.
  public func value(of size: Size, block: Int = 0) -> Int? {
    func both(_ left: Size, _ right: Size, _ combine: (Int, Int) -> Int?) -> Int? {
      guard let left = value(of: left, block: block), let right = value(of: right, block: block) else {
        return nil
      }
      return combine(left, right)
    }
    switch size {
    case .number(let value): return value
    case .quantity(let quantity): return value(quantity, block: block)
    case .sum(let left, let right): return both(left, right, Checked.sum)
    case .product(let left, let right): return both(left, right, Checked.product)
    case .quotient(let left, let right): return both(left, right) { $1 == 0 ? nil : $0 / $1 }
    }
  }

  /// Whether a condition holds in a block; where the quantity is not known, as if it were 0.
  public func holds(_ condition: Condition?, block: Int = 0) -> Bool {
    switch condition {
    case nil: true
    case .without(let quantity): (value(quantity, block: block) ?? 0) == 0
    case .with(let quantity): (value(quantity, block: block) ?? 0) > 0
    case .atLeast(let quantity, let bound): (value(quantity, block: block) ?? 0) >= bound
    }
  }

  /// The numbers that a key states: one, or one for each block where that is allowed.
  private static func numbers(_ value: MetadataValue?, of parameter: Hyperparameter) -> [Int]? {
    if let integer = value?.integer { return integer < 0 ? nil : [integer] }
    guard case .perBlock = parameter.constraint, case .array(let array)? = value,
      let integers = array.integers, !integers.isEmpty, integers.allSatisfy({ $0 >= 0 })
    else { return nil }
    return integers
  }

  private static func count(_ value: MetadataValue?) -> Int? {
    if case .array(let array)? = value { array.count } else { nil }
  }
}

extension Architecture {
  /// The numbers of a file of this architecture.
  public func hyperparameters(from metadata: Metadata) -> Hyperparameters {
    Hyperparameters(self, from: metadata)
  }
}
