extension Architecture {
  /// The open models of OpenAI.
  static let gptOss = Architecture(
    "gpt-oss", of: "gpt-oss",
    hyperparameters: .mixtureOnly + .rootMeanSquare + [
      .required(.expertFeedForward),
      .required("attention.sliding_window", .count(0...Hyperparameter.largestCount)),
      .optional("rope.freq_base_swa", .positive),
    ], relations: .partlyRotatedHeads + .mixture,
    tensors: .ends + .output,
    block: .norm("attn_norm") + .norm("post_attention_norm")
      + .attentionInputs(
        query: .heads * .rotary, key: .keyValueHeads * .rotary, value: .keyValueHeads * .rotary)
      + [
        .required("attn_output.weight", [.heads * .rotary, .embedding]),
        .required("attn_output.bias", [.embedding]),
        .required("attn_sinks.weight", [.heads]),
      ] + .experts(width: .expertFeedForward) + [
        .required("ffn_gate_inp.bias", [.experts]),
        .required("ffn_gate_exps.bias", [.expertFeedForward, .experts]),
        .required("ffn_up_exps.bias", [.expertFeedForward, .experts]),
        .required("ffn_down_exps.bias", [.embedding, .experts]),
      ])
}
