import IngotCheckpoints
import SystemPackage

extension LoRAAdapter {
  /// What an `adapter_config.json` says.
  ///
  /// Specification: `spec/adapters.md`, clause D2.
  struct Settings {
    /// `lora_alpha`.
    let alpha: Double
    /// `use_rslora`: the product is divided by the square root of the rank.
    let isRankStabilized: Bool
    /// `fan_in_fan_out`: the weights of the model stand the other way round.
    let isTransposed: Bool
    /// `ensure_weight_tying`: what took its weights from the embeddings takes the new ones.
    let keepsTies: Bool
    /// Members that make of an adapter something else than a sum, or one that is only added at times.
    private static let otherForms = [
      "use_dora", "use_qalora", "use_bdlora", "alora_invocation_tokens", "layer_replication", "arrow_config",
      "trainable_token_indices",
      "kasa_config", "monteclora_config",
    ]
    /// The beginnings of the names of starts that change the weights of the model too.
    private static let changingStarts = ["pissa", "olora", "corda", "loftq", "lora_ga"]

    private let path: FilePath
    private let alphas: [(pattern: ModulePattern, alpha: Double)]

    /// The most steps of all patterns together, each of which costs one for a character of the name of a module.
    private static let stepLimit = 1 << 14
    /// The longest name, in bytes, that patterns are tried on.
    private static let nameLimit = 1024

    init(_ configuration: JSONTree, path: FilePath) throws(ConversionError) {
      self.path = path
      func fault(_ name: String, _ found: String, _ expected: String) -> ConversionError {
        ConversionError(.adapter, "\(path), \(name.quoted): found \(found), expected \(expected)")
      }
      let kind = configuration["peft_type"]?.string ?? "LORA"
      guard kind.uppercased() == "LORA" else { throw fault("peft_type", kind, "LORA") }
      for name in Self.otherForms {
        guard let value = configuration[name], value != .boolean(false) else { continue }
        let found = value.boolean == true ? "true" : value.kind
        throw fault(name, found, "none, since it is no plain sum: merge this adapter with PEFT")
      }
      // Nothing was added to the weights of the model as it is, but to what was left of them.
      if let start = configuration["init_lora_weights"]?.string,
        Self.changingStarts.contains(where: start.lowercased().hasPrefix)
      {
        throw fault(
          "init_lora_weights", start.quoted,
          "a start that leaves the model as it is: merge this adapter with PEFT")
      }
      guard let alpha = configuration["lora_alpha"]?.number ?? configuration["r"]?.number, alpha.isFinite
      else {
        throw fault("lora_alpha", configuration["lora_alpha"]?.kind ?? "nothing", "a number")
      }
      self.alpha = alpha
      isRankStabilized = configuration["use_rslora"]?.boolean ?? false
      isTransposed = configuration["fan_in_fan_out"]?.boolean ?? false
      keepsTies = configuration["ensure_weight_tying"]?.boolean ?? false
      var alphas: [(pattern: ModulePattern, alpha: Double)] = []
      var steps = 0
      for (pattern, value) in configuration["alpha_pattern"]?.members ?? [:] {
        guard let alpha = value.number, alpha.isFinite else {
          throw fault("alpha_pattern", value.kind, "numbers")
        }
        do {
          alphas.append((try ModulePattern(pattern.string), alpha))
        } catch {
          throw fault(
            "alpha_pattern", "\(pattern.string.quoted) with \(error.words) at character \(error.place)",
            "a regular expression that can be matched at once: merge this adapter with PEFT")
        }
        // Before the next one: compiling costs too.
        steps += alphas.last?.pattern.count ?? 0
        guard steps <= Self.stepLimit else {
          throw fault(
            "alpha_pattern", "patterns of more than \(Self.stepLimit) steps",
            "fewer: merge this adapter with PEFT")
        }
      }
      self.alphas = alphas
    }

    /// The factor of a module: that of the first pattern that its name ends in, after a dot or as a whole.
    func alpha(of module: String) throws(ConversionError) -> Double {
      if alphas.isEmpty { return alpha }
      guard module.utf8.count <= Self.nameLimit else {
        throw ConversionError(
          .adapter, tensor: module,
          "\(path): patterns are for names of at most \(Self.nameLimit) bytes, and \(module.quoted) is longer"
        )
      }
      return alphas.first { $0.pattern.matchesEnd(of: module) }?.alpha ?? alpha
    }
  }
}
