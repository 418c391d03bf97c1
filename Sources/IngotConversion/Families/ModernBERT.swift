extension ModelFamily {
  /// BERT with rotated positions and windows.
  static let modernBert = ModelFamily(
    "modern-bert", of: "ModernBERT",
    classes: ["ModernBertModel", "ModernBertForMaskedLM", "ModernBertForSequenceClassification"],
    tokenizer: .modernBert,
    defaults: [
      "vocab_size": .number("50368"), "hidden_size": .number("768"), "intermediate_size": .number("1152"),
      "num_hidden_layers": .number("22"), "num_attention_heads": .number("12"),
      "max_position_embeddings": .number("8192"), "norm_eps": .number("1e-05"),
      "global_rope_theta": .number("160000.0"), "local_rope_theta": .number("10000.0"),
      "local_attention": .number("128"), "global_attn_every_n_layers": .number("3"),
      "hidden_activation": .string("gelu"), "classifier_pooling": .string("cls"),
    ],
    hyperparameters: { configuration, list in
      try list.setCommon(configuration)
      // The converter of readers states the other epsilon alone, and readers ask for this one.
      list.set("attention.layer_norm_epsilon", try configuration.number("norm_eps"))
      list.set("attention.causal", false)
      try list.setPooling(configuration)
      switch try configuration.text("classifier_pooling") {
      case "mean": try list.set("classifier.pooling_type", 1)
      case "cls": try list.set("classifier.pooling_type", 2)
      case let other:
        throw configuration.fault("classifier_pooling", found: other ?? "nothing", expected: "mean or cls")
      }
      try list.setClasses(configuration)
      try list.set("attention.sliding_window", configuration.needed("local_attention"))
      try list.set("attention.sliding_window_pattern", configuration.integer("global_attn_every_n_layers"))
      list.set("rope.scaling.type", "none")
      try list.set("vocab_size", configuration.needed("vocab_size"))
      if let activation = try configuration.text("hidden_activation") {
        list.set("hidden_activation", activation)
      }
    },
    routes: [
      .to("token_embd", from: "embeddings.tok_embeddings"),
      .to("token_embd_norm", from: "embeddings.norm"),
      .to("output_norm", from: "final_norm"),
      .to("blk.{block}.attn_norm", from: "layers.{block}.attn_norm"),
      .to("blk.{block}.attn_qkv", from: "layers.{block}.attn.Wqkv"),
      .to("blk.{block}.attn_output", from: "layers.{block}.attn.Wo"),
      .to("blk.{block}.ffn_norm", from: "layers.{block}.mlp_norm"),
      .to("blk.{block}.ffn_up", from: "layers.{block}.mlp.Wi"),
      .to("blk.{block}.ffn_down", from: "layers.{block}.mlp.Wo"),
      .to("cls", from: "head.dense"),
      .to("cls.norm", from: "head.norm"),
      .to("cls.output", from: "classifier"),
      .leftOut("decoder"),
    ],
    ownName: { name, _ in name.withoutPrefix("model.") },
    nameInClass: { name, hasTensor in
      // Whatever predicts words or classes has a head.
      guard hasTensor("cls.weight") else { return name }
      return ["head.", "classifier."].contains(where: name.hasPrefix) ? name : "model." + name
    })
}
