extension ModelFamily {
  /// GPT-2, whose matrices stand the other way round.
  static let gpt2 = ModelFamily(
    "gpt2", of: "GPT-2", classes: ["GPT2LMHeadModel"],
    tokenizer: .bytePairs,
    defaults: [
      "vocab_size": .number("50257"), "n_positions": .number("1024"), "n_embd": .number("768"),
      "n_layer": .number("12"), "n_head": .number("12"), "layer_norm_epsilon": .number("1e-05"),
    ],
    hyperparameters: { configuration, list in
      let width = try configuration.needed("n_embd", "hidden_size")
      try list.set("block_count", configuration.blockCount())
      try list.set("context_length", configuration.needed("n_ctx", "n_positions"))
      try list.set("embedding_length", width)
      try list.set("feed_forward_length", configuration.integer("n_inner") ?? 4 * width)
      try list.set("attention.head_count", configuration.headCount())
      list.set("attention.layer_norm_epsilon", try configuration.number("layer_norm_epsilon"))
      list.setFileType()
    },
    routes: [
      .to("token_embd", from: "transformer.wte"),
      .to("position_embd", from: "transformer.wpe"),
      .to("output_norm", from: "transformer.ln_f"),
      .to("output", from: "lm_head"),
      .to("blk.{block}.attn_norm", from: "transformer.h.{block}.ln_1"),
      .to("blk.{block}.attn_qkv", from: "transformer.h.{block}.attn.c_attn", .transposed),
      .to("blk.{block}.attn_output", from: "transformer.h.{block}.attn.c_proj", .transposed),
      .to("blk.{block}.ffn_norm", from: "transformer.h.{block}.ln_2"),
      .to("blk.{block}.ffn_up", from: "transformer.h.{block}.mlp.c_fc", .transposed),
      .to("blk.{block}.ffn_down", from: "transformer.h.{block}.mlp.c_proj", .transposed),
      .leftOut("transformer.h.{block}.attn.bias"),
      .leftOut("transformer.h.{block}.attn.masked_bias"),
    ],
    ownName: { name, _ in name.withPrefix("transformer.", unless: "lm_head") })
}
