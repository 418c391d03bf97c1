extension Architecture {
  /// Qwen 3.
  static let qwen3 = Architecture(
    "qwen3", of: "Qwen 3",
    hyperparameters: .transformer + .rootMeanSquare, relations: .rotatedHeads,
    tensors: .ends + .tiedOutput + [.optional("cls.output.weight", [.embedding, .classes])],
    block: .norm("attn_norm") + .attention + .norm("attn_q_norm", .keyLength)
      + .norm("attn_k_norm", .keyLength)
      + .norm("ffn_norm") + .gated())

  /// Qwen 3 with experts.
  static let qwen3moe = Architecture(
    "qwen3moe", of: "Qwen 3 with experts",
    hyperparameters: .mixtureOnly + .rootMeanSquare + [
      .optional(.expertFeedForward, else: .feedForward / .expertsUsed)
    ], relations: .rotatedHeads + .mixture,
    tensors: .ends + .tiedOutput,
    block: .norm("attn_norm") + .attention + .norm("attn_q_norm", .keyLength)
      + .norm("attn_k_norm", .keyLength)
      + .norm("ffn_norm") + .experts(width: .expertFeedForward))
}
