extension Architecture {
  /// OLMo 1, whose normalizations have no weights.
  static let olmo = Architecture(
    "olmo", of: "OLMo 1",
    hyperparameters: .transformer + .layerNorm + [.optional("attention.clamp_kqv", .notNegative)],
    relations: .rotatedHeads,
    tensors: [.required("token_embd.weight", [.embedding, .vocabulary])] + .tiedOutput,
    block: .squareAttention + .gated())
}
