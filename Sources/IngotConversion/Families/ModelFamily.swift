import IngotCheckpoints
import IngotContainer

/// Models of one design: what their configuration means, and what becomes of their tensors.
///
/// Each has a file of its own in `Families/`, which reads like a table, and a line in ``all``.
///
/// Specification: `spec/families.md`.
public struct ModelFamily: Sendable {
  /// The name by which `--family` chooses it: that of its architecture.
  public let name: String
  /// Models that belong to it.
  public let models: String
  /// The classes that the `architectures` of a `config.json` name.
  public let classes: [String]

  /// What `general.architecture` names.
  let architecture: String
  /// How the vocabulary is found.
  let tokenizer: TokenizerStrategy
  /// What transformers fills in where a configuration is silent.
  let defaults: [String: JSONTree]
  /// What follows from other numbers of the configuration.
  let complete: @Sendable (inout ModelConfiguration) throws -> Void
  /// States the keys of the architecture.
  let hyperparameters: @Sendable (ModelConfiguration, inout HyperparameterList) throws -> Void
  /// What becomes of the tensors.
  let routes: [TensorRoute]
  /// Tensors that follow from the configuration.
  let computed: @Sendable (ModelConfiguration) throws -> [DerivedTensor]
  /// What a name is without a prefix that only some checkpoints have; `nil` of a tensor that is no part of the model.
  let ownName: @Sendable (_ name: String, _ modelClass: String) -> String?
  /// What a tensor of such a name is called in the class of the model, where the tensors of a container tell which that is.
  ///
  /// It is undone by ``ownName``.
  let nameInClass: @Sendable (_ name: String, _ hasTensor: (String) -> Bool) -> String

  init(
    _ name: String, of models: String, classes: [String], architecture: String? = nil,
    tokenizer: TokenizerStrategy, defaults: [String: JSONTree] = [:],
    complete: @escaping @Sendable (inout ModelConfiguration) throws -> Void = { _ in },
    hyperparameters: @escaping @Sendable (ModelConfiguration, inout HyperparameterList) throws -> Void,
    routes: [TensorRoute],
    computed: @escaping @Sendable (ModelConfiguration) throws -> [DerivedTensor] = { _ in [] },
    ownName: @escaping @Sendable (_ name: String, _ modelClass: String) -> String? = { name, _ in
      // Checkpoints of a model without its head leave the prefix out.
      name.withPrefix("model.", unless: "lm_head")
    },
    nameInClass: @escaping @Sendable (_ name: String, _ hasTensor: (String) -> Bool) -> String = { name, _ in
      name
    }
  ) {
    self.name = name
    self.models = models
    self.classes = classes
    self.architecture = architecture ?? name
    self.tokenizer = tokenizer
    self.defaults = defaults
    self.complete = complete
    self.hyperparameters = hyperparameters
    self.routes = routes
    self.computed = computed
    self.ownName = ownName
    self.nameInClass = nameInClass
  }

  /// The family of a class that a configuration names, or `nil` where this release has none.
  public static func ofClass(_ name: String) -> ModelFamily? { all.first { $0.classes.contains(name) } }

  /// The family of this name, in any case, or `nil` where this release has none.
  public static func named(_ name: String) -> ModelFamily? {
    let wanted = name.lowercased()
    return all.first { $0.name == wanted }
  }
}
