extension ModelFamily {
  /// StarCoder 2.
  static let starCoder2 = ModelFamily(
    "starcoder2", of: "StarCoder 2", classes: ["Starcoder2ForCausalLM"],
    tokenizer: .bytePairs,
    defaults: [
      "vocab_size": .number("49152"), "hidden_size": .number("3072"), "intermediate_size": .number("12288"),
      "num_hidden_layers": .number("30"), "num_attention_heads": .number("24"),
      "num_key_value_heads": .number("2"),
      "max_position_embeddings": .number("4096"), "norm_epsilon": .number("1e-05"),
      "rope_theta": .number("10000.0"),
    ],
    hyperparameters: { configuration, list in try list.setCommon(configuration) },
    routes: .ends + .norms + .attention + [
      .to("blk.{block}.ffn_up", from: "model.layers.{block}.mlp.c_fc"),
      .to("blk.{block}.ffn_down", from: "model.layers.{block}.mlp.c_proj"),
    ])
}
