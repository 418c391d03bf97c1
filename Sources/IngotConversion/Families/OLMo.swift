extension ModelFamily {
  /// OLMo 1, whose normalizations have no weights.
  static let olmo = ModelFamily(
    "olmo", of: "OLMo 1", classes: ["OlmoForCausalLM", "OLMoForCausalLM"],
    tokenizer: .bytePairs,
    defaults: [
      "vocab_size": .number("50304"), "hidden_size": .number("4096"), "intermediate_size": .number("11008"),
      "num_hidden_layers": .number("32"), "num_attention_heads": .number("32"),
      "max_position_embeddings": .number("2048"), "rope_theta": .number("10000.0"),
    ],
    complete: { configuration in
      configuration.fill(["num_key_value_heads": .number("\(try configuration.headCount())")])
    },
    hyperparameters: { configuration, list in
      try list.setCommon(configuration)
      list.set("attention.layer_norm_epsilon", 1e-5)
      list.set("attention.clamp_kqv", try configuration.number("clip_qkv"))
    },
    routes: [.to("token_embd", from: "model.embed_tokens"), .to("output", from: "lm_head")]
      + .rotatedAttention + .gated)
}
