extension ModelFamily {
  /// BERT with rotated positions and a gate, as Nomic trained it.
  static let nomicBert = ModelFamily(
    "nomic-bert", of: "Nomic Embed 1 and 1.5", classes: ["NomicBertModel"],
    tokenizer: .nomicBert,
    complete: { configuration in
      if try configuration.integer("moe_every_n_layers") ?? 0 != 0 {
        throw configuration.fault("moe_every_n_layers", found: "experts", expected: "a model without experts")
      }
      // Trained for 2048 tokens, whatever the file says of more.
      let trained = try configuration.integer("max_trained_positions") ?? 2048
      let positions = try configuration.needed("n_positions")
      guard trained == 2048, positions == 8192 else {
        throw configuration.fault(
          "n_positions", found: "\(positions) with max_trained_positions \(trained)",
          expected: "8192 and 2048")
      }
      configuration.set("n_positions", .number("2048"))
      for (name, value) in [("prenorm", false), ("rotary_emb_interleaved", false), ("causal", false)]
      where try configuration.flag(name) ?? value != value {
        throw configuration.fault(name, found: "\(!value)", expected: "\(value)")
      }
    },
    hyperparameters: { configuration, list in
      try list.setCommon(configuration)
      list.set("attention.causal", false)
      try list.setPooling(configuration)
    },
    routes: [
      .to("token_embd", from: "embeddings.word_embeddings"),
      .to("token_types", from: "embeddings.token_type_embeddings"),
      .to("token_embd_norm", from: "emb_ln"),
      .to("blk.{block}.attn_qkv", from: "encoder.layers.{block}.attn.Wqkv"),
      .to("blk.{block}.attn_output", from: "encoder.layers.{block}.attn.out_proj"),
      .to("blk.{block}.attn_output_norm", from: "encoder.layers.{block}.norm1"),
      .to("blk.{block}.ffn_up", from: "encoder.layers.{block}.mlp.fc11"),
      .to("blk.{block}.ffn_gate", from: "encoder.layers.{block}.mlp.fc12"),
      .to("blk.{block}.ffn_down", from: "encoder.layers.{block}.mlp.fc2"),
      .to("blk.{block}.layer_output_norm", from: "encoder.layers.{block}.norm2"),
      .leftOut("embeddings.position_ids"), .leftOut("pooler.dense"),
    ],
    ownName: { name, _ in name.withoutPrefix("bert.") })
}
