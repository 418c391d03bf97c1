// What models that transformers defines as decoders of one design call their tensors.
extension [TensorRoute] {
  /// The tensors outside of the blocks.
  static let ends: Self = [
    .to("token_embd", from: "model.embed_tokens"),
    .to("output_norm", from: "model.norm"),
    .to("output", from: "lm_head"),
  ]

  /// An attention whose queries, keys and values have a matrix each.
  static let attention: Self = [
    .to("blk.{block}.attn_q", from: "model.layers.{block}.self_attn.q_proj"),
    .to("blk.{block}.attn_k", from: "model.layers.{block}.self_attn.k_proj"),
    .to("blk.{block}.attn_v", from: "model.layers.{block}.self_attn.v_proj"),
    .to("blk.{block}.attn_output", from: "model.layers.{block}.self_attn.o_proj"),
    .leftOut("model.layers.{block}.self_attn.rotary_emb.inv_freq"),
  ]

  /// The same where readers rotate neighbouring rows.
  static let rotatedAttention: Self =
    attention
    .changing("blk.{block}.attn_q", to: .heads(.queries)).changing("blk.{block}.attn_k", to: .heads(.keys))

  /// Normalized queries and keys.
  static let queryAndKeyNorms: Self = [
    .to("blk.{block}.attn_q_norm", from: "model.layers.{block}.self_attn.q_norm"),
    .to("blk.{block}.attn_k_norm", from: "model.layers.{block}.self_attn.k_norm"),
  ]

  /// The normalizations before the attention and before the feed-forward network.
  static let norms: Self = [
    .to("blk.{block}.attn_norm", from: "model.layers.{block}.input_layernorm"),
    .to("blk.{block}.ffn_norm", from: "model.layers.{block}.post_attention_layernorm"),
  ]

  /// A feed-forward network with a gate.
  static let gated: Self = [
    .to("blk.{block}.ffn_gate", from: "model.layers.{block}.mlp.gate_proj"),
    .to("blk.{block}.ffn_up", from: "model.layers.{block}.mlp.up_proj"),
    .to("blk.{block}.ffn_down", from: "model.layers.{block}.mlp.down_proj"),
  ]

  /// Experts with their router; newer releases of transformers store all experts of a block as one tensor.
  static let experts: Self = [
    .to("blk.{block}.ffn_gate_inp", from: "model.layers.{block}.mlp.gate"),
    .to("blk.{block}.ffn_gate_exps", from: "model.layers.{block}.mlp.experts.{expert}.gate_proj"),
    .to("blk.{block}.ffn_up_exps", from: "model.layers.{block}.mlp.experts.{expert}.up_proj"),
    .to("blk.{block}.ffn_down_exps", from: "model.layers.{block}.mlp.experts.{expert}.down_proj"),
    .to(
      [
        ("blk.{block}.ffn_gate_exps.weight", .part(0, of: 2)),
        ("blk.{block}.ffn_up_exps.weight", .part(1, of: 2)),
      ], from: "model.layers.{block}.mlp.experts.gate_up_proj"),
    .to("blk.{block}.ffn_down_exps.weight", from: "model.layers.{block}.mlp.experts.down_proj"),
  ]
}
