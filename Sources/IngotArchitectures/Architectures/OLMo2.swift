extension Architecture {
  /// OLMo 2 and 3, which normalize after each part and not before it.
  static let olmo2 = Architecture(
    "olmo2", of: "OLMo 2 and 3",
    hyperparameters: .transformer + .rootMeanSquare + .slidingWindow, relations: .rotatedHeads,
    tensors: .ends + .output,
    block: .squareAttention + .norm("attn_q_norm")
      + .norm("attn_k_norm", .keyValueHeads * (.embedding / .heads))
      + .norm("post_attention_norm") + .gated() + .norm("post_ffw_norm"))
}
