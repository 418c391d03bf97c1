extension Architecture {
  /// GPT-2.
  static let gpt2 = Architecture(
    "gpt2", of: "GPT-2, Cerebras-GPT",
    hyperparameters: .transformer + .layerNorm, relations: .heads,
    tensors: .ends + .tiedOutput + [
      .required("output_norm.bias", [.embedding]),
      .required("position_embd.weight", [.embedding, .context]),
    ],
    block: .layerNorm("attn_norm") + fusedAttention + .layerNorm("ffn_norm") + .biased)

  /// GPT-NeoX.
  static let gptneox = Architecture(
    "gptneox", of: "GPT-NeoX, Pythia",
    hyperparameters: .transformer + .layerNorm + [.required("use_parallel_residual", .any)],
    relations: .partlyRotatedHeads,
    tensors: .ends + .output + [.required("output_norm.bias", [.embedding])],
    block: .layerNorm("attn_norm") + fusedAttention + .layerNorm("ffn_norm") + .biased)

  /// Attention whose queries, keys and values are always one tensor.
  private static let fusedAttention: [TensorTemplate] = [
    .required("attn_qkv.weight", [.embedding, .embedding + 2 * .keyValueHeads * .valueLength]),
    .required("attn_qkv.bias", [.embedding + 2 * .keyValueHeads * .valueLength]),
    .required("attn_output.weight", [.embedding, .embedding]),
    .required("attn_output.bias", [.embedding]),
  ]
}
