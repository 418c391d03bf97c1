extension Architecture {
  /// Mamba, which has no attention.
  static let mamba = Architecture(
    "mamba", of: "Mamba",
    hyperparameters: [
      .required(.blocks, .count(1...512)),
      .required(.context),
      .required(.embedding),
      .required(.convolution),
      .required(.inner),
      .required(.state),
      .required(.timeStepRank),
      .optional(.vocabulary),
    ] + .rootMeanSquare,
    tensors: .ends + .tiedOutput,
    block: .norm("attn_norm") + [
      .required("ssm_in.weight", [.embedding, 2 * .inner]),
      .required("ssm_conv1d.weight", [.convolution, .inner]),
      .required("ssm_conv1d.bias", [.inner]),
      .required("ssm_x.weight", [.inner, .timeStepRank + 2 * .state]),
      .required("ssm_dt.weight", [.timeStepRank, .inner]),
      .required("ssm_dt.bias", [.inner]),
      .required("ssm_a", [.state, .inner]),
      .required("ssm_d", [.inner]),
      .required("ssm_out.weight", [.inner, .embedding]),
    ])
}
