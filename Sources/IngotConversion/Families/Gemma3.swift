import IngotCheckpoints

extension ModelFamily {
  /// The text of Gemma 3.
  static let gemma3 = ModelFamily(
    "gemma3", of: "Gemma 3, its text", classes: ["Gemma3ForCausalLM", "Gemma3ForConditionalGeneration"],
    tokenizer: .gemma3,
    defaults: [
      "vocab_size": .number("262208"), "hidden_size": .number("2304"), "intermediate_size": .number("9216"),
      "num_hidden_layers": .number("26"), "num_attention_heads": .number("8"),
      "num_key_value_heads": .number("4"),
      "head_dim": .number("256"), "max_position_embeddings": .number("131072"),
      "rms_norm_eps": .number("1e-06"),
      "sliding_window": .number("4096"), "rope_theta": .number("1000000.0"),
      "rope_local_base_freq": .number("10000.0"),
    ],
    hyperparameters: { configuration, list in try list.setGemma3(configuration) },
    routes: .gemma3, ownName: { name, _ in name.textPart })

  /// The encoder that was made of Gemma 3.
  static let gemmaEmbedding = ModelFamily(
    "gemma-embedding", of: "EmbeddingGemma", classes: ["Gemma3TextModel"],
    tokenizer: .gemma3, defaults: gemma3.defaults,
    hyperparameters: { configuration, list in
      try list.setGemma3(configuration)
      try list.setPooling(configuration)
    },
    routes: .gemma3, ownName: { name, _ in name.textPart },
    // Its only class is one without a head.
    nameInClass: { name, _ in name.withoutPrefix("model.") })
}

extension HyperparameterList {
  fileprivate mutating func setGemma3(_ configuration: ModelConfiguration) throws {
    try setCommon(configuration)
    let length = try configuration.needed("head_dim")
    try set("attention.key_length", length)
    try set("attention.value_length", length)
    set(
      "final_logit_softcapping",
      try configuration.number("final_logit_softcapping").flatMap { $0 == 0 ? nil : $0 })
    if try configuration.integer("sliding_window_pattern") != 1 {
      try set("attention.sliding_window", configuration.needed("sliding_window"))
    }
  }
}

extension [TensorRoute] {
  fileprivate static let gemma3: Self =
    gemma2.filter { $0.pattern != "lm_head" }.changing("token_embd", to: .words)
    + queryAndKeyNorms.shiftingNorms + [.to("output", from: "lm_head")]
}

extension String {
  /// The name in a model of text alone; `nil` of what sees.
  fileprivate var textPart: String? {
    let isOther = ["vision_tower.", "multi_modal_projector.", "vision_model."].contains { contains($0) }
    return isOther ? nil : replacing("language_model.", with: "").withPrefix("model.", unless: "lm_head")
  }

  /// The name with a prefix in front, unless it has it or starts with another word.
  func withPrefix(_ prefix: String, unless other: String) -> String {
    hasPrefix(prefix) || hasPrefix(other) ? self : prefix + self
  }
}
