/// Groups of tensors that architectures have in common; names are those within a block.
extension [TensorTemplate] {
  /// Queries, keys and values of these widths: three tensors or one with all rows, with biases or without.
  static func attentionInputs(query: Size, key: Size, value: Size) -> Self {
    let fused = "attn_qkv.weight"
    return [
      .required("attn_q.weight", [.embedding, query], unless: fused),
      .required("attn_k.weight", [.embedding, key], unless: fused),
      .required("attn_v.weight", [.embedding, value], unless: fused),
      .optional("attn_q.bias", [query]),
      .optional("attn_k.bias", [key]),
      .optional("attn_v.bias", [value]),
      .optional(fused, [.embedding, query + key + value]),
      .optional("attn_qkv.bias", [query + key + value]),
    ]
  }

  /// Attention whose heads are as long as ``Size/keyLength`` and ``Size/valueLength`` say.
  static let attention: Self =
    attentionInputs(
      query: .heads * .keyLength, key: .keyValueHeads * .keyLength, value: .keyValueHeads * .valueLength)
    + [.required("attn_output.weight", [.heads * .keyLength, .embedding])]

  /// Attention whose heads together are as long as an embedding.
  static let squareAttention: Self =
    attentionInputs(
      query: .embedding, key: .keyValueHeads * .valueLength, value: .keyValueHeads * .valueLength)
    + [.required("attn_output.weight", [.embedding, .embedding])]

  /// A feed-forward network with a gate.
  static func gated(when condition: Condition? = nil) -> Self {
    [
      .required("ffn_gate.weight", [.embedding, .feedForward], when: condition),
      .required("ffn_up.weight", [.embedding, .feedForward], when: condition),
      .required("ffn_down.weight", [.feedForward, .embedding], when: condition),
    ]
  }

  /// A feed-forward network without a gate, with biases.
  static let biased: Self = [
    .required("ffn_up.weight", [.embedding, .feedForward]),
    .required("ffn_up.bias", [.feedForward]),
    .required("ffn_down.weight", [.feedForward, .embedding]),
    .required("ffn_down.bias", [.embedding]),
  ]

  /// Experts of this width, and the router that chooses among them.
  static func experts(width: Size, when condition: Condition? = nil) -> Self {
    [
      .required("ffn_gate_inp.weight", [.embedding, .experts], when: condition),
      .required("ffn_gate_exps.weight", [.embedding, width, .experts], when: condition),
      .required("ffn_up_exps.weight", [.embedding, width, .experts], when: condition),
      .required("ffn_down_exps.weight", [width, .embedding, .experts], when: condition),
    ]
  }

  /// The expert that every token is given to.
  static func sharedExpert(when condition: Condition? = nil) -> Self {
    [
      .required("ffn_gate_shexp.weight", [.embedding, .sharedFeedForward], when: condition),
      .required("ffn_up_shexp.weight", [.embedding, .sharedFeedForward], when: condition),
      .required("ffn_down_shexp.weight", [.sharedFeedForward, .embedding], when: condition),
    ]
  }

  /// The embedding of tokens and the last normalization.
  static let ends: Self = [
    .required("token_embd.weight", [.embedding, .vocabulary]),
    .required("output_norm.weight", [.embedding]),
  ]

  /// The output, without which that is the embedding of tokens once more.
  static let tiedOutput: Self = [.optional("output.weight", [.embedding, .vocabulary])]
  /// The output.
  static let output: Self = [.required("output.weight", [.embedding, .vocabulary])]

  /// A normalization with a bias.
  static func layerNorm(_ name: String) -> Self {
    [.required("\(name).weight", [.embedding]), .required("\(name).bias", [.embedding])]
  }

  /// A normalization without a bias.
  static func norm(_ name: String, _ length: Size = .embedding) -> Self {
    [.required("\(name).weight", [length])]
  }

  /// Factors of the rotation for long texts.
  static let longRope: Self = [
    .optional("rope_factors_long.weight", [.rotary / 2]),
    .optional("rope_factors_short.weight", [.rotary / 2]),
  ]
}
