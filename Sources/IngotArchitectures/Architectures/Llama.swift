extension Architecture {
  /// Llama and all that was built like it.
  static let llama = Architecture(
    "llama", of: "Llama 1 to 3, Mistral, Mixtral, SmolLM",
    hyperparameters: .transformer + .mixture + .rootMeanSquare,
    relations: .rotatedHeads + .mixture,
    tensors: .ends + .tiedOutput + .longRope + [.optional("rope_freqs.weight", [.rotary / 2])],
    block: .norm("attn_norm") + .attention + [.optional("attn_output.bias", [.embedding])]
      + .norm("ffn_norm") + .gated(when: .without(.experts))
      + [
        .optional("ffn_gate.bias", [.feedForward], when: .without(.experts)),
        .optional("ffn_up.bias", [.feedForward], when: .without(.experts)),
        .optional("ffn_down.bias", [.embedding], when: .without(.experts)),
      ] + .experts(width: .feedForward, when: .with(.experts)))
}
