extension Architecture {
  /// Granite 3.
  static let granite = granite("granite", of: "Granite 3")
  /// Granite 3 with experts.
  static let granitemoe = granite("granitemoe", of: "Granite 3 with experts")

  private static func granite(_ name: String, of families: String) -> Architecture {
    Architecture(
      name, of: families,
      hyperparameters: .transformer + .mixture + .rootMeanSquare + [
        .required("logit_scale", .finite),
        .optional("residual_scale", .finite),
        .optional("embedding_scale", .finite),
        .optional("attention.scale", .finite),
        .optional(.sharedFeedForward, .count(0...Hyperparameter.largestCount), else: 0),
      ], relations: .rotatedHeads + .mixture,
      tensors: .ends + .tiedOutput + .longRope + [.optional("rope_freqs.weight", [.rotary / 2])],
      block: .norm("attn_norm") + .attention + [.optional("attn_output.bias", [.embedding])]
        + .norm("ffn_norm") + .gated(when: .without(.experts))
        + [
          .optional("ffn_gate.bias", [.feedForward], when: .without(.experts)),
          .optional("ffn_up.bias", [.feedForward], when: .without(.experts)),
          .optional("ffn_down.bias", [.embedding], when: .without(.experts)),
        ] + .experts(width: .feedForward, when: .with(.experts))
        + .sharedExpert(when: .with(.sharedFeedForward)))
  }
}
