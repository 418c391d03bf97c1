extension ModelFamily {
  /// StableLM 3B, Zephyr and 2.
  static let stableLM = ModelFamily(
    "stablelm", of: "StableLM 3B and 2",
    classes: ["StableLmForCausalLM", "StableLMEpochForCausalLM"],
    tokenizer: .stableLM,
    defaults: [
      "vocab_size": .number("50304"), "hidden_size": .number("2560"), "intermediate_size": .number("6912"),
      "num_hidden_layers": .number("32"), "num_attention_heads": .number("32"),
      "num_key_value_heads": .number("32"),
      "max_position_embeddings": .number("4096"), "layer_norm_eps": .number("1e-05"),
      "partial_rotary_factor": .number("0.25"), "use_parallel_residual": .boolean(false),
    ],
    hyperparameters: { configuration, list in
      try list.set("context_length", configuration.needed("max_position_embeddings"))
      try list.set("embedding_length", configuration.needed("hidden_size"))
      try list.set("block_count", configuration.blockCount())
      try list.set("feed_forward_length", configuration.needed("intermediate_size"))
      let part = try configuration.rotation("partial_rotary_factor") ?? 0.25
      guard (0...1).contains(part) else {
        throw configuration.fault("partial_rotary_factor", found: "\(part)", expected: "a number from 0 to 1")
      }
      try list.set("rope.dimension_count", Int(part * Double(configuration.quotientHeadLength())))
      try list.set("attention.head_count", configuration.headCount())
      try list.set("attention.head_count_kv", configuration.keyHeadCount())
      list.set("use_parallel_residual", try configuration.flag("use_parallel_residual") ?? true)
      list.set("attention.layer_norm_epsilon", try configuration.number("layer_norm_eps", "norm_eps"))
      list.setFileType()
    },
    routes: .ends + .norms + .attention + .gated + [
      .to(
        "blk.{block}.attn_q_norm", from: "model.layers.{block}.self_attn.q_layernorm.norms.{expert}",
        .stackedHeads(.queries)),
      .to(
        "blk.{block}.attn_k_norm", from: "model.layers.{block}.self_attn.k_layernorm.norms.{expert}",
        .stackedHeads(.keys)),
    ])
}
