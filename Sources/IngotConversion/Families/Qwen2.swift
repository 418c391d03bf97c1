import IngotCheckpoints

extension ModelFamily {
  /// Qwen 1.5 to 2.5.
  static let qwen2 = ModelFamily(
    "qwen2", of: "Qwen 1.5, 2 and 2.5", classes: ["Qwen2ForCausalLM", "Qwen2Model"],
    tokenizer: .qwen, defaults: qwen2Defaults,
    hyperparameters: { configuration, list in
      try list.setCommon(configuration)
      try list.setPooling(configuration)
    },
    routes: .ends + .norms + .attention + .gated)

  /// Qwen 1.5 and 2 with experts, one of which every token is given to.
  static let qwen2moe = ModelFamily(
    "qwen2moe", of: "Qwen 1.5 and 2 with experts", classes: ["Qwen2MoeForCausalLM"],
    tokenizer: .bytePairs,
    defaults: [
      "vocab_size": .number("151936"), "hidden_size": .number("2048"), "intermediate_size": .number("5632"),
      "num_hidden_layers": .number("24"), "num_attention_heads": .number("16"),
      "num_key_value_heads": .number("16"),
      "max_position_embeddings": .number("32768"), "rms_norm_eps": .number("1e-06"),
      "rope_theta": .number("10000.0"), "num_experts": .number("60"), "num_experts_per_tok": .number("4"),
      "moe_intermediate_size": .number("1408"), "shared_expert_intermediate_size": .number("5632"),
    ],
    hyperparameters: { configuration, list in
      try list.setCommon(configuration)
      try list.set("expert_feed_forward_length", configuration.integer("moe_intermediate_size"))
      try list.set(
        "expert_shared_feed_forward_length", configuration.integer("shared_expert_intermediate_size"))
    },
    routes: .ends + .norms + .attention + .gated + .experts + [
      .to("blk.{block}.ffn_gate_inp_shexp", from: "model.layers.{block}.mlp.shared_expert_gate"),
      .to("blk.{block}.ffn_gate_shexp", from: "model.layers.{block}.mlp.shared_expert.gate_proj"),
      .to("blk.{block}.ffn_up_shexp", from: "model.layers.{block}.mlp.shared_expert.up_proj"),
      .to("blk.{block}.ffn_down_shexp", from: "model.layers.{block}.mlp.shared_expert.down_proj"),
    ])

  private static let qwen2Defaults: [String: JSONTree] = [
    "vocab_size": .number("151936"), "hidden_size": .number("4096"), "intermediate_size": .number("22016"),
    "num_hidden_layers": .number("32"), "num_attention_heads": .number("32"),
    "num_key_value_heads": .number("32"),
    "max_position_embeddings": .number("32768"), "rms_norm_eps": .number("1e-06"),
    "rope_theta": .number("10000.0"),
  ]
}
