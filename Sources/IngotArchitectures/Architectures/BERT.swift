extension Architecture {
  /// BERT; a classifier may stand on top of it.
  static let bert = Architecture(
    "bert", of: "BERT, MiniLM, BGE, E5", role: .embeds,
    hyperparameters: .transformer + .layerNorm + [.required(.tokenTypes)], relations: .heads,
    tensors: .tokens + [
      .required("position_embd.weight", [.embedding, .context]),
      .optional("cls.weight", [.embedding, .embedding]),
      .optional("cls.bias", [.embedding]),
      .optional("cls.output.weight", [.embedding, .classes]),
      .optional("cls.output.bias", [.classes]),
    ],
    block: .encoder + [
      .required("ffn_up.weight", [.embedding, .feedForward]),
      .optional("ffn_up.bias", [.feedForward]),
      .required("ffn_down.weight", [.feedForward, .embedding]),
      .optional("ffn_down.bias", [.embedding]),
    ])

  /// BERT with rotated positions and a gate, as Nomic trained it.
  static let nomicBert = Architecture(
    "nomic-bert", of: "Nomic Embed 1 and 1.5", role: .embeds,
    hyperparameters: .transformer + .layerNorm + [.required(.tokenTypes)], relations: .partlyRotatedHeads,
    tensors: .tokens,
    block: .encoder + .gated() + [
      .optional("ffn_up.bias", [.feedForward]),
      .optional("ffn_down.bias", [.embedding]),
    ])
}

extension [TensorTemplate] {
  fileprivate static let tokens: Self =
    [
      .required("token_embd.weight", [.embedding, .vocabulary]),
      .optional("token_types.weight", [.embedding, .tokenTypes]),
    ] + .layerNorm("token_embd_norm")

  fileprivate static let encoder: Self =
    .squareAttention + [.optional("attn_output.bias", [.embedding])] + .layerNorm("attn_output_norm")
    + .layerNorm("layer_output_norm")
}
