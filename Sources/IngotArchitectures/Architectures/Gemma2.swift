extension Architecture {
  /// Gemma 2.
  static let gemma2 = Architecture(
    "gemma2", of: "Gemma 2",
    hyperparameters: .transformer + .rootMeanSquare + .slidingWindow + [
      .optional("attn_logit_softcapping", .notNegative),
      .optional("final_logit_softcapping", .notNegative),
    ], relations: .partlyRotatedHeads,
    tensors: .ends,
    block: .norm("attn_norm") + .attention + .norm("post_attention_norm") + .norm("ffn_norm") + .gated()
      + .norm("post_ffw_norm"))
}
