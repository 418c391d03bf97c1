/// What becomes of the tensors whose names have one pattern.
///
/// A pattern is a name in which `{block}` stands for the first number between dots, and `{expert}` for the second. It
/// stands for the weight and the bias beside it, unless it ends in `.weight`, `.bias` or another whole name.
///
/// Specification: `spec/families.md`, clause N3.
struct TensorRoute: Sendable {
  /// How the values of a source get into the output.
  enum Change: Sendable, Hashable {
    /// As they are.
    case keep
    /// The rows of each head in the order in which readers rotate them.
    case heads(Heads)
    /// The last two dimensions in the other order; a bias stays as it is.
    case transposed
    /// Each value and one.
    case plusOne
    /// One of equal parts of the rows of each matrix.
    case part(Int, of: Int)
    /// Every other row of each matrix, from this one on; of a bias every other value.
    case everyOther(from: Int)
    /// As ``everyOther(from:)``, after the last two dimensions have changed places.
    case everyOtherColumn(from: Int)
    /// The rows after those of positions that are never used, where the configuration says that there are some.
    case positions
    /// The rows of words that the vocabulary has.
    case words
    /// One of several that are stacked, one for each head.
    case stackedHeads(Heads)
    /// Codes of −1, 0 and 1 times their mean magnitude, if the values are floats.
    case ternary
    /// Codes and scales as blocks of MXFP4: this route has the codes; `from` and `stride` choose among the rows.
    case mxfp4(from: Int, stride: Int)
  }

  /// Whose heads.
  enum Heads: Sendable, Hashable { case queries, keys }

  /// A tensor of the output.
  struct Output: Sendable, Hashable {
    /// The name, with the placeholders of the pattern.
    let name: String
    let change: Change
  }

  /// The pattern of the source's name.
  let pattern: String
  /// What is made of it: one tensor, several, or none where it is left out.
  let outputs: [Output]

  /// A tensor that becomes one of the output.
  static func to(_ name: String, from pattern: String, _ change: Change = .keep) -> Self {
    Self(pattern: pattern, outputs: [Output(name: name, change: change)])
  }

  /// A tensor that becomes several.
  static func to(_ outputs: [(String, Change)], from pattern: String) -> Self {
    Self(pattern: pattern, outputs: outputs.map { Output(name: $0.0, change: $0.1) })
  }

  /// A tensor that readers make themselves, or do not need.
  static func leftOut(_ pattern: String) -> Self { Self(pattern: pattern, outputs: []) }
}

extension [TensorRoute] {
  /// The routes with another change for those of their outputs that have this name.
  func changing(_ name: String, to change: TensorRoute.Change) -> Self {
    map { route in
      TensorRoute(
        pattern: route.pattern,
        outputs: route.outputs.map { $0.name == name ? .init(name: name, change: change) : $0 })
    }
  }

  /// The routes with `+ 1` for every normalization.
  var shiftingNorms: Self {
    map { route in
      TensorRoute(
        pattern: route.pattern,
        outputs: route.outputs.map {
          route.pattern.hasSuffix("norm") ? .init(name: $0.name, change: .plusOne) : $0
        })
    }
  }
}

extension ModelFamily {
  /// Whether the checkpoint has the matrix of this name as [inputs, outputs]; `nil` of one that the family does not have.
  func standsTransposed(_ name: String, modelClass: String) -> Bool? {
    guard let name = ownName(name, modelClass) else { return nil }
    let pattern = NumberedName(name).pattern
    let route = routes.first { pattern == $0.pattern || pattern == $0.pattern + ".weight" }
    return route.map { route in
      route.outputs.contains { output in
        if case .everyOtherColumn = output.change { true } else { output.change == .transposed }
      }
    }
  }
}
