extension Architecture {
  /// StarCoder 2.
  static let starcoder2 = Architecture(
    "starcoder2", of: "StarCoder 2",
    hyperparameters: .transformer + .layerNorm, relations: .rotatedHeads,
    tensors: .ends + .tiedOutput + [.required("output_norm.bias", [.embedding])],
    block: .layerNorm("attn_norm") + .squareAttention + [.required("attn_output.bias", [.embedding])]
      + .layerNorm("ffn_norm") + .biased)
}
