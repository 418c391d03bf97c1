extension Architecture {
  /// Command R; the larger models normalize queries and keys.
  static let commandR = Architecture(
    "command-r", of: "Command R, Aya 23",
    hyperparameters: .transformer + .layerNorm + [.required("logit_scale", .finite)],
    relations: .partlyRotatedHeads,
    tensors: .ends,
    block: .norm("attn_norm") + .squareAttention + [
      .required("attn_q_norm.weight", [.keyLength, .heads], when: .atLeast(.blocks, 64)),
      .required("attn_k_norm.weight", [.keyLength, .keyValueHeads], when: .atLeast(.blocks, 64)),
    ] + .gated())
}
