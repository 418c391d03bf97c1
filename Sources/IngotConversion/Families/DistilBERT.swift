extension ModelFamily {
  /// DistilBERT: half of the blocks of BERT.
  static let distilBert = ModelFamily(
    "distilbert", of: "DistilBERT",
    classes: ["DistilBertModel", "DistilBertForMaskedLM", "DistilBertForSequenceClassification"],
    architecture: "bert", tokenizer: .wordPiece,
    defaults: [
      "vocab_size": .number("30522"), "dim": .number("768"), "hidden_dim": .number("3072"),
      "n_layers": .number("6"), "n_heads": .number("12"), "max_position_embeddings": .number("512"),
      "type_vocab_size": .number("1"),
    ],
    hyperparameters: { configuration, list in
      list.set("attention.layer_norm_epsilon", 1e-12)
      try list.setCommon(configuration)
      list.set("attention.causal", false)
      try list.setPooling(configuration)
      try list.setClasses(configuration)
    },
    routes: [
      .to("token_embd", from: "embeddings.word_embeddings"),
      .to("position_embd", from: "embeddings.position_embeddings"),
      .to("token_embd_norm", from: "embeddings.LayerNorm"),
      .to("blk.{block}.attn_q", from: "transformer.layer.{block}.attention.q_lin"),
      .to("blk.{block}.attn_k", from: "transformer.layer.{block}.attention.k_lin"),
      .to("blk.{block}.attn_v", from: "transformer.layer.{block}.attention.v_lin"),
      .to("blk.{block}.attn_output", from: "transformer.layer.{block}.attention.out_lin"),
      .to("blk.{block}.attn_output_norm", from: "transformer.layer.{block}.sa_layer_norm"),
      .to("blk.{block}.ffn_up", from: "transformer.layer.{block}.ffn.lin1"),
      .to("blk.{block}.ffn_down", from: "transformer.layer.{block}.ffn.lin2"),
      .to("blk.{block}.layer_output_norm", from: "transformer.layer.{block}.output_layer_norm"),
      .to("cls", from: "pre_classifier"),
      .to("cls.output", from: "classifier"),
      .leftOut("vocab_transform"), .leftOut("vocab_layer_norm"), .leftOut("vocab_projector"),
    ],
    ownName: { name, _ in name.withoutPrefix("distilbert.") },
    nameInClass: { name, hasTensor in
      guard hasTensor("cls.output.weight") else { return name }
      return ["pre_classifier.", "classifier."].contains(where: name.hasPrefix) ? name : "distilbert." + name
    })
}
