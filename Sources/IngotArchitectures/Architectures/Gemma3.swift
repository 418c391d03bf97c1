extension Architecture {
  /// The text part of Gemma 3.
  static let gemma3 = Architecture(
    "gemma3", of: "Gemma 3",
    hyperparameters: .transformer + .rootMeanSquare + .slidingWindow + [
      .optional("final_logit_softcapping", .notNegative)
    ], relations: .partlyRotatedHeads,
    tensors: .ends + .tiedOutput,
    block: .norm("attn_norm") + .attention + .norm("attn_q_norm", .keyLength)
      + .norm("attn_k_norm", .keyLength)
      + .norm("post_attention_norm") + .norm("ffn_norm") + .gated() + .norm("post_ffw_norm"))
}
