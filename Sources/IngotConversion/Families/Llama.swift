import IngotCheckpoints

extension ModelFamily {
  /// Llama, and what was built like it.
  static let llama = ModelFamily(
    "llama", of: "Llama 1 to 3, Mistral, Mixtral, SmolLM",
    classes: [
      "LlamaForCausalLM", "LLaMAForCausalLM", "LlamaModel", "MistralForCausalLM", "MixtralForCausalLM",
    ],
    tokenizer: .llama,
    complete: { configuration in
      switch configuration.modelClass {
      case "MistralForCausalLM":
        configuration.fill([
          "num_key_value_heads": .number("8"), "max_position_embeddings": .number("131072"),
        ])
      case "MixtralForCausalLM":
        configuration.fill([
          "num_key_value_heads": .number("8"), "max_position_embeddings": .number("131072"),
          "rms_norm_eps": .number("1e-05"), "rope_theta": .number("1000000.0"),
          "num_local_experts": .number("8"),
          "num_experts_per_tok": .number("2"),
        ])
      default: break
      }
      configuration.fill(llamaDefaults)
      let heads = try configuration.headCount()
      configuration.fill(["num_key_value_heads": .number("\(heads)")])
      if configuration.modelClass?.lowercased().hasPrefix("llama") ?? false {
        // Only these state the length of a head in every case.
        configuration.fill(["head_dim": .number("\(try configuration.quotientHeadLength())")])
      }
    },
    hyperparameters: { configuration, list in try list.setLlama(configuration) },
    routes: .ends + .norms + .rotatedAttention + .gated + .mixtralExperts + .experts,
    computed: { try RotationFactors.llama3($0).map { [$0] } ?? [] },
    ownName: { name, _ in
      name.replacing("text_model.", with: "").withPrefix("model.", unless: "lm_head")
    })

  /// What `LlamaConfig` fills in.
  static let llamaDefaults: [String: JSONTree] = [
    "vocab_size": .number("32000"), "hidden_size": .number("4096"), "intermediate_size": .number("11008"),
    "num_hidden_layers": .number("32"), "num_attention_heads": .number("32"),
    "max_position_embeddings": .number("2048"), "rms_norm_eps": .number("1e-06"),
    "rope_theta": .number("10000.0"),
  ]
}

extension HyperparameterList {
  /// The keys of Llama.
  mutating func setLlama(_ configuration: ModelConfiguration) throws {
    try setCommon(configuration)
    try set("vocab_size", configuration.needed("vocab_size"))
    try set(
      "rope.dimension_count", configuration.integer("head_dim") ?? configuration.quotientHeadLength())
  }
}

extension [TensorRoute] {
  /// The experts of Mixtral.
  fileprivate static let mixtralExperts: Self = [
    .to("blk.{block}.ffn_gate_inp", from: "model.layers.{block}.block_sparse_moe.gate"),
    .to("blk.{block}.ffn_gate_exps", from: "model.layers.{block}.block_sparse_moe.experts.{expert}.w1"),
    .to("blk.{block}.ffn_down_exps", from: "model.layers.{block}.block_sparse_moe.experts.{expert}.w2"),
    .to("blk.{block}.ffn_up_exps", from: "model.layers.{block}.block_sparse_moe.experts.{expert}.w3"),
  ]
}
