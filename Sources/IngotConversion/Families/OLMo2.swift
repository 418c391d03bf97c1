extension ModelFamily {
  /// OLMo 2 and 3.
  static let olmo2 = ModelFamily(
    "olmo2", of: "OLMo 2 and 3", classes: ["Olmo2ForCausalLM", "Olmo3ForCausalLM"],
    tokenizer: .bytePairs,
    defaults: [
      "vocab_size": .number("50304"), "hidden_size": .number("4096"), "intermediate_size": .number("11008"),
      "num_hidden_layers": .number("32"), "num_attention_heads": .number("32"),
      "max_position_embeddings": .number("2048"), "rms_norm_eps": .number("1e-05"),
      "rope_theta": .number("10000.0"),
    ],
    complete: { configuration in
      configuration.fill(["num_key_value_heads": .number("\(try configuration.headCount())")])
      if configuration.modelClass == "Olmo3ForCausalLM" {
        configuration.fill(["sliding_window": .number("4096")])
      }
    },
    hyperparameters: { configuration, list in
      try list.setCommon(configuration)
      guard let window = try configuration.integer("sliding_window") else { return }
      try list.set("attention.sliding_window", window)
      let kinds = configuration["layer_types"]?.elements?.map { $0.string == "sliding_attention" }
      list.set(
        "attention.sliding_window_pattern",
        try kinds ?? (0..<configuration.blockCount()).map { ($0 + 1) % 4 != 0 })
    },
    routes: .ends + .attention + .queryAndKeyNorms + .gated + [
      .to("blk.{block}.post_attention_norm", from: "model.layers.{block}.post_attention_layernorm"),
      .to("blk.{block}.post_ffw_norm", from: "model.layers.{block}.post_feedforward_layernorm"),
    ])
}
