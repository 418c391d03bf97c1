extension Architecture {
  /// The first Gemma.
  static let gemma = Architecture(
    "gemma", of: "Gemma",
    hyperparameters: .transformer + .rootMeanSquare, relations: .partlyRotatedHeads,
    tensors: .ends,
    block: .norm("attn_norm") + .attention + .norm("ffn_norm") + .gated())
}
