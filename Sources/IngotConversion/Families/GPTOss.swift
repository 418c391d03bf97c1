import IngotCheckpoints
import IngotContainer

extension ModelFamily {
  /// gpt-oss, whose experts are stored as MXFP4.
  static let gptOss = ModelFamily(
    "gpt-oss", of: "gpt-oss 20B and 120B", classes: ["GptOssForCausalLM"],
    tokenizer: .bytePairs,
    defaults: [
      "vocab_size": .number("201088"), "hidden_size": .number("2880"), "intermediate_size": .number("2880"),
      "num_hidden_layers": .number("36"), "num_attention_heads": .number("64"),
      "num_key_value_heads": .number("8"),
      "head_dim": .number("64"), "max_position_embeddings": .number("131072"),
      "rms_norm_eps": .number("1e-05"),
      "rope_theta": .number("150000.0"), "sliding_window": .number("128"),
      "num_local_experts": .number("128"),
      "num_experts_per_tok": .number("4"),
    ],
    complete: { configuration in
      guard configuration["rope_scaling"] == nil, configuration["rope_parameters"] == nil else { return }
      let scaling: [(String, JSONTree)] = [
        ("rope_type", .string("yarn")), ("factor", .number("32.0")), ("beta_fast", .number("32.0")),
        ("beta_slow", .number("1.0")), ("original_max_position_embeddings", .number("4096")),
      ]
      configuration.fill([
        "rope_scaling": .object(.init(uniqueKeysWithValues: scaling.map { (ExactName($0), $1) }))
      ])
    },
    hyperparameters: { configuration, list in
      try list.setCommon(configuration)
      try list.set("attention.sliding_window", configuration.needed("sliding_window"))
      try list.set("expert_feed_forward_length", configuration.needed("intermediate_size"))
    },
    routes: .ends + .attention + [
      .to("blk.{block}.attn_norm", from: "model.layers.{block}.input_layernorm"),
      .to("blk.{block}.post_attention_norm", from: "model.layers.{block}.post_attention_layernorm"),
      .to("blk.{block}.attn_sinks.weight", from: "model.layers.{block}.self_attn.sinks"),
      .to("blk.{block}.ffn_gate_inp", from: "model.layers.{block}.mlp.router"),
      .to(
        [
          ("blk.{block}.ffn_gate_exps.weight", .mxfp4(from: 0, stride: 2)),
          ("blk.{block}.ffn_up_exps.weight", .mxfp4(from: 1, stride: 2)),
        ], from: "model.layers.{block}.mlp.experts.gate_up_proj_blocks"),
      .to(
        "blk.{block}.ffn_down_exps.weight", from: "model.layers.{block}.mlp.experts.down_proj_blocks",
        .mxfp4(from: 0, stride: 1)),
      .leftOut("model.layers.{block}.mlp.experts.gate_up_proj_scales"),
      .leftOut("model.layers.{block}.mlp.experts.down_proj_scales"),
      .to(
        [
          ("blk.{block}.ffn_gate_exps.bias", .everyOther(from: 0)),
          ("blk.{block}.ffn_up_exps.bias", .everyOther(from: 1)),
        ], from: "model.layers.{block}.mlp.experts.gate_up_proj_bias"),
      .to("blk.{block}.ffn_down_exps.bias", from: "model.layers.{block}.mlp.experts.down_proj_bias"),
      .to(
        [
          ("blk.{block}.ffn_gate_exps.weight", .everyOtherColumn(from: 0)),
          ("blk.{block}.ffn_up_exps.weight", .everyOtherColumn(from: 1)),
        ], from: "model.layers.{block}.mlp.experts.gate_up_proj"),
      .to(
        "blk.{block}.ffn_down_exps.weight", from: "model.layers.{block}.mlp.experts.down_proj", .transposed),
    ])
}
