/// What models of one architecture hold: the keys that readers need, and every tensor with its shape.
///
/// An architecture is what `general.architecture` names. Each has a file of its own in `Architectures/`, which
/// reads like a table, and a line in ``all``.
///
/// Specification: `spec/metadata.md`, clauses M7 to M9.
public struct Architecture: Sendable {
  /// What a model is for.
  public enum Role: Sendable, Hashable {
    /// It continues text, and can hold a conversation.
    case generates
    /// It turns text into vectors or classes.
    case embeds
  }

  /// The name that `general.architecture` gives, such as `llama`.
  public let name: String
  /// Families of models that have this architecture.
  public let families: String
  /// What such models are for.
  public let role: Role
  /// The keys that readers need or understand.
  public let hyperparameters: [Hyperparameter]
  /// What the quantities must be to each other.
  public let relations: [Relation]
  /// The tensors, those outside of the blocks first.
  public let tensors: [TensorTemplate]

  private let templates: [String: Int]

  init(
    _ name: String, of families: String, role: Role = .generates,
    hyperparameters: [Hyperparameter], relations: [Relation] = [],
    tensors: [TensorTemplate], block: [TensorTemplate]
  ) {
    self.name = name
    self.families = families
    self.role = role
    self.hyperparameters = hyperparameters
    self.relations = relations
    self.tensors = tensors + block.map(\.inBlock)
    self.templates = Dictionary(
      self.tensors.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// The architecture that `general.architecture` calls `name`; `nil` where this release does not know it.
  public static func named(_ name: String) -> Architecture? { byName[name] }

  private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

  /// The template called `name`, with its placeholders.
  public func template(named name: String) -> TensorTemplate? { templates[name].map { tensors[$0] } }

  /// The whole key of a hyperparameter, such as `llama.block_count`.
  public func key(of parameter: Hyperparameter) -> String {
    parameter.quantity?.key(in: name) ?? "\(name).\(parameter.key)"
  }
}
