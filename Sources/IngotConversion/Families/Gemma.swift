import IngotCheckpoints

extension ModelFamily {
  /// Gemma 1.
  static let gemma = ModelFamily(
    "gemma", of: "Gemma 1", classes: ["GemmaForCausalLM"],
    tokenizer: .gemma,
    defaults: [
      "vocab_size": .number("256000"), "hidden_size": .number("3072"), "intermediate_size": .number("24576"),
      "num_hidden_layers": .number("28"), "num_attention_heads": .number("16"),
      "num_key_value_heads": .number("16"),
      "head_dim": .number("256"), "max_position_embeddings": .number("8192"),
      "rms_norm_eps": .number("1e-06"),
    ],
    hyperparameters: { configuration, list in try list.setGemma(configuration) },
    routes: .ends.shiftingNorms.filter { $0.pattern != "lm_head" } + [.leftOut("lm_head")]
      + .norms.shiftingNorms + .attention + .gated)

  /// Gemma 2.
  static let gemma2 = ModelFamily(
    "gemma2", of: "Gemma 2", classes: ["Gemma2ForCausalLM"],
    tokenizer: .gemma2,
    defaults: [
      "vocab_size": .number("256000"), "hidden_size": .number("2304"), "intermediate_size": .number("9216"),
      "num_hidden_layers": .number("26"), "num_attention_heads": .number("8"),
      "num_key_value_heads": .number("4"),
      "head_dim": .number("256"), "max_position_embeddings": .number("8192"),
      "rms_norm_eps": .number("1e-06"),
      "sliding_window": .number("4096"), "attn_logit_softcapping": .number("50.0"),
      "final_logit_softcapping": .number("30.0"),
    ],
    hyperparameters: { configuration, list in
      try list.setGemma(configuration)
      list.set("attn_logit_softcapping", try configuration.number("attn_logit_softcapping"))
      list.set("final_logit_softcapping", try configuration.number("final_logit_softcapping"))
      try list.set("attention.sliding_window", configuration.integer("sliding_window"))
    },
    routes: .gemma2)
}

extension HyperparameterList {
  fileprivate mutating func setGemma(_ configuration: ModelConfiguration) throws {
    try set("context_length", configuration.needed("max_position_embeddings"))
    try set("embedding_length", configuration.needed("hidden_size"))
    try set("block_count", configuration.blockCount())
    try set("feed_forward_length", configuration.needed("intermediate_size"))
    try set("attention.head_count", configuration.headCount())
    try set("attention.head_count_kv", configuration.keyHeadCount())
    set("attention.layer_norm_rms_epsilon", try configuration.number("rms_norm_eps"))
    let length = try configuration.needed("head_dim")
    try set("attention.key_length", length)
    try set("attention.value_length", length)
    setFileType()
  }
}

extension [TensorRoute] {
  /// Gemma 2, which normalizes after the attention and the feed-forward network too.
  static let gemma2: Self =
    [
      .leftOut("lm_head"),
      .to("token_embd", from: "model.embed_tokens"),
      .to("output_norm", from: "model.norm", .plusOne),
      .to("blk.{block}.attn_norm", from: "model.layers.{block}.input_layernorm", .plusOne),
      .to("blk.{block}.post_attention_norm", from: "model.layers.{block}.post_attention_layernorm", .plusOne),
      .to("blk.{block}.ffn_norm", from: "model.layers.{block}.pre_feedforward_layernorm", .plusOne),
      .to("blk.{block}.post_ffw_norm", from: "model.layers.{block}.post_feedforward_layernorm", .plusOne),
    ] + .attention + .gated
}
