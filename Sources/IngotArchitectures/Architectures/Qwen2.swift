extension Architecture {
  /// Qwen 1.5 to 2.5.
  static let qwen2 = Architecture(
    "qwen2", of: "Qwen 1.5, 2 and 2.5, DeepSeek-R1-Distill-Qwen",
    hyperparameters: .transformer + .rootMeanSquare, relations: .rotatedHeads,
    tensors: .ends + .tiedOutput + [.optional("output.bias", [.vocabulary])],
    block: .norm("attn_norm") + .squareAttention + .norm("ffn_norm") + .gated())

  /// Qwen 1.5 and 2 with experts.
  static let qwen2moe = Architecture(
    "qwen2moe", of: "Qwen 1.5 and 2 with experts",
    hyperparameters: .mixtureOnly + .rootMeanSquare + [
      .optional(.expertFeedForward, else: .feedForward / .expertsUsed),
      .optional(.sharedFeedForward, else: .feedForward),
    ], relations: .rotatedHeads + .mixture,
    tensors: .ends + .output,
    block: .norm("attn_norm") + .squareAttention + .norm("ffn_norm") + .experts(width: .expertFeedForward)
      + [.required("ffn_gate_inp_shexp.weight", [.embedding])] + .sharedExpert())
}
