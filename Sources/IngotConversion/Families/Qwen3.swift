extension ModelFamily {
  /// Qwen 3.
  static let qwen3 = ModelFamily(
    "qwen3", of: "Qwen 3", classes: ["Qwen3ForCausalLM", "Qwen3Model"],
    tokenizer: .qwen,
    defaults: [
      "vocab_size": .number("151936"), "hidden_size": .number("4096"), "intermediate_size": .number("22016"),
      "num_hidden_layers": .number("32"), "num_attention_heads": .number("32"),
      "num_key_value_heads": .number("32"),
      "head_dim": .number("128"), "max_position_embeddings": .number("32768"),
      "rms_norm_eps": .number("1e-06"),
      "rope_theta": .number("10000.0"),
    ],
    hyperparameters: { configuration, list in
      try list.setCommon(configuration)
      try list.setPooling(configuration)
    },
    routes: .ends + .norms + .attention + .queryAndKeyNorms + .gated)

  /// Qwen 3 with experts.
  static let qwen3moe = ModelFamily(
    "qwen3moe", of: "Qwen 3 with experts", classes: ["Qwen3MoeForCausalLM"],
    tokenizer: .bytePairs,
    defaults: [
      "vocab_size": .number("151936"), "hidden_size": .number("2048"), "intermediate_size": .number("6144"),
      "num_hidden_layers": .number("24"), "num_attention_heads": .number("32"),
      "num_key_value_heads": .number("4"),
      "max_position_embeddings": .number("32768"), "rms_norm_eps": .number("1e-06"),
      "rope_theta": .number("10000.0"), "num_experts": .number("128"), "num_experts_per_tok": .number("8"),
      "moe_intermediate_size": .number("768"),
    ],
    hyperparameters: { configuration, list in
      try list.setCommon(configuration)
      try list.set("expert_feed_forward_length", configuration.integer("moe_intermediate_size"))
    },
    routes: .ends + .norms + .attention + .queryAndKeyNorms + .gated + .experts)
}
