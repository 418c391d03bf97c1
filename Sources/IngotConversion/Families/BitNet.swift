extension ModelFamily {
  /// BitNet b1.58, whose weights are ternary when it runs.
  static let bitNet = ModelFamily(
    "bitnet", of: "BitNet b1.58", classes: ["BitnetForCausalLM", "BitNetForCausalLM"],
    tokenizer: .sentencePiece,
    defaults: [
      "vocab_size": .number("128256"), "hidden_size": .number("2560"), "intermediate_size": .number("6912"),
      "num_hidden_layers": .number("30"), "num_attention_heads": .number("20"),
      "num_key_value_heads": .number("5"),
      "max_position_embeddings": .number("2048"), "rms_norm_eps": .number("1e-05"),
      "rope_theta": .number("500000.0"),
    ],
    hyperparameters: { configuration, list in
      try list.setCommon(configuration)
      list.set("rope.scaling.type", "linear")
      list.set("rope.scaling.factor", 1.0)
    },
    routes: .ends + .norms
      + (.attention + .gated).map { route in
        TensorRoute(
          pattern: route.pattern, outputs: route.outputs.map { .init(name: $0.name, change: .ternary) })
      } + [
        .to("blk.{block}.attn_sub_norm", from: "model.layers.{block}.self_attn.inner_attn_ln"),
        .to("blk.{block}.attn_sub_norm", from: "model.layers.{block}.self_attn.attn_sub_norm"),
        .to("blk.{block}.ffn_sub_norm", from: "model.layers.{block}.mlp.ffn_layernorm"),
        .to("blk.{block}.ffn_sub_norm", from: "model.layers.{block}.mlp.ffn_sub_norm"),
      ])
}
