extension ModelFamily {
  /// BERT whose attention falls off with the distance.
  static let jinaBert = ModelFamily(
    "jina-bert-v2", of: "Jina Embeddings 2", classes: ["JinaBertModel", "JinaBertForMaskedLM"],
    tokenizer: .wordPiece, defaults: bertDefaults, hyperparameters: bert.hyperparameters,
    routes: [TensorRoute].bert.filter {
      !$0.pattern.contains("intermediate") && !$0.pattern.contains("position")
    }
    .filter {
      $0.pattern != "encoder.layer.{block}.output.dense" && !$0.pattern.hasSuffix("{block}.output.LayerNorm")
    }
      + [
        .leftOut("embeddings.position_ids"),
        .to("blk.{block}.attn_q_norm", from: "encoder.layer.{block}.attention.self.layer_norm_q"),
        .to("blk.{block}.attn_k_norm", from: "encoder.layer.{block}.attention.self.layer_norm_k"),
        .to("blk.{block}.attn_norm_2", from: "encoder.layer.{block}.layer_norm_1"),
        .to("blk.{block}.ffn_up", from: "encoder.layer.{block}.mlp.gated_layers"),
        .to("blk.{block}.ffn_up", from: "encoder.layer.{block}.mlp.up_gated_layer"),
        .to("blk.{block}.ffn_down", from: "encoder.layer.{block}.mlp.wo"),
        .to("blk.{block}.ffn_down", from: "encoder.layer.{block}.mlp.down_layer"),
        .to("blk.{block}.layer_output_norm", from: "encoder.layer.{block}.mlp.layernorm"),
        .to("blk.{block}.layer_output_norm", from: "encoder.layer.{block}.layer_norm_2"),
      ],
    ownName: bert.ownName, nameInClass: bert.nameInClass)
}
