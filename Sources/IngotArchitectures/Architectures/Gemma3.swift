extension Architecture {
  /// The text part of Gemma 3.
  static let gemma3 = Architecture(
    "gemma3", of: "Gemma 3",
    hyperparameters: .gemma3, relations: .partlyRotatedHeads,
    tensors: .ends + .tiedOutput, block: .gemma3)

  /// The encoder that was made of Gemma 3.
  static let gemmaEmbedding = Architecture(
    "gemma-embedding", of: "EmbeddingGemma", role: .embeds,
    hyperparameters: .gemma3, relations: .partlyRotatedHeads,
    tensors: .ends + .tiedOutput + [.optional("dense_2.weight", nil), .optional("dense_3.weight", nil)],
    block: .gemma3)
}

extension [Hyperparameter] {
  fileprivate static let gemma3: Self =
    transformer + rootMeanSquare + slidingWindow + [.optional("final_logit_softcapping", .notNegative)]
}

extension [TensorTemplate] {
  fileprivate static let gemma3: Self =
    norm("attn_norm") + attention + norm("attn_q_norm", .keyLength) + norm("attn_k_norm", .keyLength)
    + norm("post_attention_norm") + norm("ffn_norm") + gated() + norm("post_ffw_norm")
}
