extension Architecture {
  /// Phi 1 and 2.
  static let phi2 = Architecture(
    "phi2", of: "Phi 1, 1.5 and 2",
    hyperparameters: .transformer + .layerNorm, relations: .partlyRotatedHeads,
    tensors: .ends + [
      .required("output_norm.bias", [.embedding]),
      .required("output.weight", [.embedding, .vocabulary]),
      .required("output.bias", [.vocabulary]),
    ],
    block: .layerNorm("attn_norm") + .squareAttention + [.required("attn_output.bias", [.embedding])]
      + .biased)

  /// Phi 3 and 4; the upper half of `ffn_up` is the gate.
  static let phi3 = Architecture(
    "phi3", of: "Phi 3, 3.5 and 4",
    hyperparameters: .transformer + .rootMeanSquare + .slidingWindow, relations: .partlyRotatedHeads,
    tensors: .ends + .tiedOutput + .longRope,
    block: .norm("attn_norm") + .squareAttention + .norm("ffn_norm") + [
      .required("ffn_up.weight", [.embedding, 2 * .feedForward]),
      .required("ffn_down.weight", [.feedForward, .embedding]),
    ])
}
