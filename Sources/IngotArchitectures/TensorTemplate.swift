/// A tensor of an architecture, or one for each block or expert.
///
/// Specification: `spec/metadata.md`, clause M9.
public struct TensorTemplate: Sendable, Hashable {
  /// Whether a model needs the tensor.
  public enum Presence: Sendable, Hashable {
    /// A reader refuses a model without it.
    case required
    /// A model may have it.
    case optional
    /// Required where the model does not have the other tensor, in the same block.
    case unless(String)
  }

  /// The name, with `{block}` for the number of a block and `{expert}` for that of an expert.
  public let name: String
  /// The dimensions, the one that runs fastest first; `nil` where any shape is right.
  public let shape: [Size]?
  /// Whether a model needs it.
  public let presence: Presence
  /// When a model can have it, if not always.
  public let condition: Condition?

  /// A tensor that a model must have.
  static func required(_ name: String, _ shape: [Size], when condition: Condition? = nil) -> Self {
    Self(name: name, shape: shape, presence: .required, condition: condition)
  }

  /// A tensor that a model may have.
  static func optional(_ name: String, _ shape: [Size]?, when condition: Condition? = nil) -> Self {
    Self(name: name, shape: shape, presence: .optional, condition: condition)
  }

  /// A tensor that a model must have unless it has `other`, whose name has the same placeholders.
  static func required(
    _ name: String, _ shape: [Size], unless other: String, when condition: Condition? = nil
  ) -> Self {
    Self(name: name, shape: shape, presence: .unless(other), condition: condition)
  }

  /// Whether there is one for each block.
  public var isPerBlock: Bool { name.hasPrefix(Self.blockPrefix) }

  /// What the names of tensors of a block start with.
  static let blockPrefix = "blk.{block}."

  /// The same tensor in a block: its name, and that of the other one, get `blk.{block}.` in front.
  var inBlock: Self {
    let presence: Presence =
      if case .unless(let other) = presence { .unless(Self.blockPrefix + other) } else { presence }
    return Self(name: Self.blockPrefix + name, shape: shape, presence: presence, condition: condition)
  }
}

extension TensorTemplate: CustomStringConvertible {
  /// The name with its formula, such as `output.weight [embedding, vocabulary]`.
  public var description: String {
    guard let shape else { return name }
    return "\(name) [\(shape.map(\.description).joined(separator: ", "))]"
  }
}
