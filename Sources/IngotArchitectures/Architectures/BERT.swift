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

extension Architecture {
  /// BERT whose attention falls off with the distance, and whose gate stands in one matrix with what it gates.
  static let jinaBert = Architecture(
    "jina-bert-v2", of: "Jina Embeddings 2", role: .embeds,
    hyperparameters: .transformer + .layerNorm + [.required(.tokenTypes)], relations: .heads,
    tensors: .tokens + [.optional("cls.weight", [.embedding]), .optional("cls.bias", [1])],
    block: .jina)

  /// BERT with rotated positions and windows, without biases.
  static let modernBert = Architecture(
    "modern-bert", of: "ModernBERT", role: .embeds,
    hyperparameters: .transformer + .layerNorm + .slidingWindow, relations: .rotatedHeads,
    tensors: .ends + .norm("token_embd_norm") + [
      .optional("cls.weight", [.embedding, .embedding]),
      .optional("cls.norm.weight", [.embedding]),
      .optional("cls.output.weight", [.embedding, .classes]),
      .optional("cls.output.bias", [.classes]),
    ],
    block: [
      // The first block takes the embeddings as they are.
      .optional("attn_norm.weight", [.embedding]),
      .required("attn_qkv.weight", [.embedding, 3 * .embedding]),
      .required("attn_output.weight", [.embedding, .embedding]),
      .required("ffn_up.weight", [.embedding, 2 * .feedForward]),
      .required("ffn_down.weight", [.feedForward, .embedding]),
    ] + .norm("ffn_norm"))
}

extension [TensorTemplate] {
  /// A block of Jina; the matrix of the gate has the rows of both, or only those of what is gated.
  fileprivate static let jina: Self = {
    var block: Self = encoder + norms("attn_q_norm") + norms("attn_k_norm") + norms("attn_norm_2")
    block.append(.optional("ffn_gate.weight", [.embedding, .feedForward]))
    block.append(.optional("ffn_up.weight", nil))
    block.append(.optional("ffn_up.bias", nil))
    block.append(.required("ffn_down.weight", [.feedForward, .embedding]))
    block.append(.optional("ffn_down.bias", [.embedding]))
    return block
  }()

  /// A normalization that a model may have.
  fileprivate static func norms(_ name: String) -> Self {
    [.optional("\(name).weight", [.embedding]), .optional("\(name).bias", [.embedding])]
  }

  fileprivate static let tokens: Self =
    [
      .required("token_embd.weight", [.embedding, .vocabulary]),
      .optional("token_types.weight", [.embedding, .tokenTypes]),
    ] + .layerNorm("token_embd_norm")

  fileprivate static let encoder: Self =
    .squareAttention + [.optional("attn_output.bias", [.embedding])] + .layerNorm("attn_output_norm")
    + .layerNorm("layer_output_norm")
}
