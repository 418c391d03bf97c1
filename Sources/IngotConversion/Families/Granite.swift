extension ModelFamily {
  /// Granite 3.
  static let granite = ModelFamily(
    "granite", of: "Granite 3", classes: ["GraniteForCausalLM"],
    tokenizer: .llama, defaults: llamaDefaults,
    complete: { configuration in
      // Readers know no other length of a head than the quotient.
      configuration.set("head_dim", nil)
      configuration.fill(["num_key_value_heads": .number("\(try configuration.headCount())")])
      configuration.fill([
        "embedding_multiplier": .number("1.0"), "logits_scaling": .number("1.0"),
        "residual_multiplier": .number("1.0"), "attention_multiplier": .number("1.0"),
      ])
    },
    hyperparameters: { configuration, list in
      try list.setLlama(configuration)
      for (key, name) in [
        ("attention.scale", "attention_multiplier"), ("embedding_scale", "embedding_multiplier"),
        ("residual_scale", "residual_multiplier"), ("logit_scale", "logits_scaling"),
      ] {
        list.set(key, try configuration.number(name).flatMap { $0 == 0 ? nil : $0 })
      }
    },
    routes: .ends + .norms + .rotatedAttention + .gated,
    computed: llama.computed)
}
