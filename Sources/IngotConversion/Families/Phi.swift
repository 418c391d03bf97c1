import IngotCheckpoints
import IngotEncodings

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Android)
  import Android
#endif

extension ModelFamily {
  /// Phi 1 to 2.
  static let phi2 = ModelFamily(
    "phi2", of: "Phi 1, 1.5 and 2", classes: ["PhiForCausalLM"],
    tokenizer: .phi2,
    defaults: [
      "vocab_size": .number("51200"), "hidden_size": .number("2048"), "intermediate_size": .number("8192"),
      "num_hidden_layers": .number("24"), "num_attention_heads": .number("32"),
      "max_position_embeddings": .number("2048"), "layer_norm_eps": .number("1e-05"),
      "partial_rotary_factor": .number("0.5"),
    ],
    hyperparameters: { configuration, list in
      let width = try configuration.needed("hidden_size", "n_embd")
      let heads = try configuration.headCount()
      try list.set("context_length", configuration.needed("n_positions", "max_position_embeddings"))
      try list.set("embedding_length", width)
      try list.set("feed_forward_length", configuration.integer("intermediate_size") ?? 4 * width)
      try list.set("block_count", configuration.blockCount())
      try list.set("attention.head_count", heads)
      try list.set("attention.head_count_kv", heads)
      list.set(
        "attention.layer_norm_epsilon", try configuration.number("layer_norm_epsilon", "layer_norm_eps"))
      try list.set("rope.dimension_count", configuration.rotatedWidth(default: 0.5) / heads)
      list.setFileType()
    },
    routes: [
      .to("token_embd", from: "model.embed_tokens"),
      .to("output_norm", from: "model.final_layernorm"),
      .to("output", from: "lm_head"),
      .to("blk.{block}.attn_norm", from: "model.layers.{block}.input_layernorm"),
      .to("blk.{block}.attn_output", from: "model.layers.{block}.self_attn.dense"),
      .to("blk.{block}.ffn_up", from: "model.layers.{block}.mlp.fc1"),
      .to("blk.{block}.ffn_down", from: "model.layers.{block}.mlp.fc2"),
    ] + .attention)

  /// Phi 3 to 4.
  static let phi3 = ModelFamily(
    "phi3", of: "Phi 3, 3.5 and 4", classes: ["Phi3ForCausalLM"],
    tokenizer: .phi3,
    defaults: [
      "vocab_size": .number("32064"), "hidden_size": .number("3072"), "intermediate_size": .number("8192"),
      "num_hidden_layers": .number("32"), "num_attention_heads": .number("32"),
      "max_position_embeddings": .number("4096"), "original_max_position_embeddings": .number("4096"),
      "rms_norm_eps": .number("1e-05"), "rope_theta": .number("10000.0"),
      "partial_rotary_factor": .number("1.0"),
    ],
    complete: { configuration in
      configuration.fill(["num_key_value_heads": .number("\(try configuration.headCount())")])
    },
    hyperparameters: { configuration, list in try list.setPhi3(configuration) },
    routes: .ends + .norms + [
      .to("blk.{block}.attn_qkv", from: "model.layers.{block}.self_attn.qkv_proj"),
      .to("blk.{block}.attn_output", from: "model.layers.{block}.self_attn.o_proj"),
      .to("blk.{block}.ffn_up", from: "model.layers.{block}.mlp.gate_up_proj"),
      .to("blk.{block}.ffn_down", from: "model.layers.{block}.mlp.down_proj"),
      .leftOut("model.layers.{block}.self_attn.rotary_emb.inv_freq"),
    ],
    computed: { try $0.longRotationFactors() })
}

extension HyperparameterList {
  fileprivate mutating func setPhi3(_ configuration: ModelConfiguration) throws {
    let original = try configuration.originalContext()
    let context = try configuration.needed("n_positions", "max_position_embeddings")
    // Stands first where there are factors, as in the reference.
    if configuration.rope["long_factor"]?.elements?.isEmpty == false {
      let scale = Double(context) / Double(max(original, 2))
      set(
        "rope.scaling.attn_factor",
        scale <= 1
          ? 1
          : try configuration.rotationType() == "yarn"
            ? 0.1 * log(scale) + 1 : sqrt(1 + log(scale) / log(Double(max(original, 2)))))
    }
    try set("context_length", context)
    try set("rope.scaling.original_context_length", original)
    try set("embedding_length", configuration.needed("hidden_size", "n_embd"))
    try set("feed_forward_length", configuration.needed("intermediate_size"))
    try set("block_count", configuration.blockCount())
    try set("attention.head_count", configuration.headCount())
    try set("attention.head_count_kv", configuration.keyHeadCount())
    set("attention.layer_norm_rms_epsilon", try configuration.number("rms_norm_eps"))
    try set(
      "rope.dimension_count", configuration.rotatedWidth(default: 1) / configuration.headCount())
    set("rope.freq_base", try configuration.rotation("rope_theta"))
    setFileType()
    // Zero tells readers that there is no window, which only Phi 4 states.
    try set("attention.sliding_window", configuration.integer("sliding_window") ?? 0)
  }
}

extension ModelConfiguration {
  /// The part of the width that is rotated, over all heads.
  func rotatedWidth(default factor: Double) throws(ConversionError) -> Int {
    let width = try needed("hidden_size", "n_embd")
    let part = try rotation("partial_rotary_factor") ?? factor
    guard (0...1).contains(part) else {
      throw fault("partial_rotary_factor", found: "\(part)", expected: "a number from 0 to 1")
    }
    return Int(part * Double(width))
  }

  fileprivate func originalContext() throws(ConversionError) -> Int {
    guard let value = rope["original_max_position_embeddings"]?.integer, value > 0 else {
      throw fault("original_max_position_embeddings", found: "nothing", expected: "a whole number above 0")
    }
    return value
  }

  /// The factors for texts beyond the length of the training, and for those within it.
  fileprivate func longRotationFactors() throws -> [DerivedTensor] {
    guard let long = rope["long_factor"]?.elements, !long.isEmpty else { return [] }
    let count = try rotatedWidth(default: 1) / headCount() / 2
    guard ["longrope", "su", "yarn"].contains(try rotationType()) else {
      throw fault("rope_scaling", found: try rotationType() ?? "no type", expected: "longrope")
    }
    return try [("long_factor", "rope_factors_long.weight"), ("short_factor", "rope_factors_short.weight")]
      .map {
        name, tensor in
        let numbers = rope[name]?.elements?.compactMap(\.number) ?? []
        guard numbers.count == count else {
          throw fault(
            name, found: numbers.count.counted("number"),
            expected: "\(count), one for each pair of values")
        }
        return RotationFactors.tensor(tensor, numbers.map(Float.init))
      }
  }
}
