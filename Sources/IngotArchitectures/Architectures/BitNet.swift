extension Architecture {
  /// Models of three values, with a scale beside each matrix.
  static let bitnet = Architecture(
    "bitnet", of: "BitNet b1.58",
    hyperparameters: .transformer + .rootMeanSquare, relations: .partlyRotatedHeads,
    tensors: .ends,
    block: .norm("attn_norm") + .norm("attn_sub_norm") + [
      .required("attn_q.weight", [.embedding, .embedding]),
      .required("attn_k.weight", [.embedding, .keyValueHeads * .valueLength]),
      .required("attn_v.weight", [.embedding, .keyValueHeads * .valueLength]),
      .required("attn_output.weight", [.embedding, .embedding]),
    ] + .norm("ffn_norm") + .norm("ffn_sub_norm", .feedForward) + .gated())
}
