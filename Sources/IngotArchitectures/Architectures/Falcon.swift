extension Architecture {
  /// The first Falcon models.
  static let falcon = Architecture(
    "falcon", of: "Falcon 7B and 40B",
    hyperparameters: .transformer + .layerNorm, relations: .rotatedHeads,
    tensors: .ends + .tiedOutput + [.required("output_norm.bias", [.embedding])],
    block: .layerNorm("attn_norm") + [
      .optional("attn_norm_2.weight", [.embedding]),
      .optional("attn_norm_2.bias", [.embedding]),
      .required("attn_qkv.weight", [.embedding, .embedding + 2 * .keyValueHeads * .valueLength]),
      .required("attn_output.weight", [.embedding, .embedding]),
      .required("ffn_up.weight", [.embedding, .feedForward]),
      .required("ffn_down.weight", [.feedForward, .embedding]),
    ])
}
