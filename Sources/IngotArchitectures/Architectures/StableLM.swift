extension Architecture {
  /// StableLM; version 2 with 12 billion weights normalizes queries and keys, and has no second normalization.
  static let stablelm = Architecture(
    "stablelm", of: "StableLM",
    hyperparameters: .transformer + .layerNorm, relations: .partlyRotatedHeads,
    tensors: .ends + .output + [.required("output_norm.bias", [.embedding])],
    block: .layerNorm("attn_norm") + .squareAttention + [
      .optional("attn_q_norm.weight", [.keyLength, .heads]),
      .optional("attn_k_norm.weight", [.keyLength, .keyValueHeads]),
      .optional("ffn_norm.weight", [.embedding]),
      .optional("ffn_norm.bias", [.embedding]),
    ] + .gated())
}
