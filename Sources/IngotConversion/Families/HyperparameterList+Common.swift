import IngotCheckpoints

// What most families state, by the names that their configurations have for it.
extension HyperparameterList {
  /// The keys that nearly all architectures share.
  mutating func setCommon(_ configuration: ModelConfiguration) throws {
    try set("block_count", configuration.blockCount())
    try set(
      "context_length",
      configuration.integer(
        "max_position_embeddings", "n_ctx", "n_positions", "max_length", "max_sequence_length",
        "model_max_length"))
    try set("embedding_length", configuration.integer("hidden_size", "n_embd", "dim"))
    try set("feed_forward_length", configuration.integer("intermediate_size", "n_inner", "hidden_dim"))
    try set("attention.head_count", configuration.integer("num_attention_heads", "n_head", "n_heads"))
    try set("attention.head_count_kv", configuration.integer("num_key_value_heads", "n_kv_heads"))
    if try configuration.flag("is_causal") == false { set("attention.causal", false) }
    try setRotation(configuration)
    set("attention.layer_norm_rms_epsilon", try configuration.number("rms_norm_eps", "norm_eps"))
    set(
      "attention.layer_norm_epsilon",
      try configuration.number("layer_norm_eps", "layer_norm_epsilon", "norm_epsilon"))
    try set("expert_count", configuration.integer("num_local_experts", "num_experts", "n_routed_experts"))
    try set(
      "expert_used_count",
      configuration.integer("num_experts_per_tok", "num_experts_per_token", "top_k_experts"))
    if let length = try configuration.integer("head_dim") {
      try set("attention.key_length", length)
      try set("attention.value_length", length)
    }
    setFileType()
  }

  /// How positions are rotated, and what is done beyond the length of the training.
  private mutating func setRotation(_ configuration: ModelConfiguration) throws {
    let rope = configuration.globalRope
    let factor = try configuration.rotation("factor")
    switch try configuration.rotationType() {
    case "linear" where factor != nil:
      set("rope.scaling.type", "linear")
      set("rope.scaling.factor", factor)
    case "yarn" where factor != nil:
      set("rope.scaling.type", "yarn")
      set("rope.scaling.factor", factor)
      guard let original = rope["original_max_position_embeddings"]?.integer else {
        throw configuration.fault(
          "original_max_position_embeddings", found: "nothing", expected: "a whole number, which YaRN needs")
      }
      try set("rope.scaling.original_context_length", original)
      set("rope.scaling.yarn_ext_factor", try configuration.rotation("extrapolation_factor"))
      set("rope.scaling.yarn_attn_factor", try configuration.rotation("attention_factor", "attn_factor"))
      set("rope.scaling.yarn_beta_fast", try configuration.rotation("beta_fast"))
      set("rope.scaling.yarn_beta_slow", try configuration.rotation("beta_slow"))
    case "longrope", "su":
      set("rope.scaling.type", "longrope")
    default: break
    }
    set("rope.freq_base", try configuration.rotation("rope_theta"))
    set("rope.freq_base_swa", configuration.slidingRope?["rope_theta"]?.number)
  }
}

extension ModelConfiguration {
  /// The blocks of the model.
  func blockCount() throws(ConversionError) -> Int {
    let count = try needed("num_hidden_layers", "n_layers", "n_layer", "num_layers")
    guard count <= 65_536 else {
      throw fault("num_hidden_layers", found: "\(count)", expected: "at most 65536")
    }
    return count
  }

  /// The heads of the attention.
  func headCount() throws(ConversionError) -> Int {
    let count = try needed("num_attention_heads", "n_head", "n_heads")
    guard count > 0 else { throw fault("num_attention_heads", found: "0", expected: "at least one head") }
    return count
  }

  /// The heads of keys and values.
  func keyHeadCount() throws(ConversionError) -> Int {
    guard let count = try integer("num_key_value_heads", "n_kv_heads") else { return try headCount() }
    guard count > 0 else { throw fault("num_key_value_heads", found: "0", expected: "at least one head") }
    return count
  }

  /// The length of a head where nothing states it.
  func quotientHeadLength() throws(ConversionError) -> Int {
    try needed("hidden_size", "n_embd") / headCount()
  }

  /// A number of the rotation of the layers that attend to everything.
  func rotation(_ names: String...) throws(ConversionError) -> Double? {
    for name in names {
      guard let value = globalRope[name] else { continue }
      guard let number = value.number, number.isFinite else {
        throw fault(name, found: value.kind, expected: "a number")
      }
      return number
    }
    return nil
  }

  /// The kind of the rotation's scaling, in small letters.
  func rotationType() throws(ConversionError) -> String? {
    guard let value = globalRope["rope_type"] else { return nil }
    guard let text = value.string else { throw fault("rope_type", found: value.kind, expected: "a text") }
    return text.lowercased()
  }
}
