import IngotContainer

extension KnownKey {
  /// Keys of the model as a whole.
  static let architecture: [KnownKey] =
    ofArchitecture(
      .uint32,
      "vocab_size", "context_length", "embedding_length", "embedding_length_out", "features_length",
      "block_count",
      "leading_dense_block_count", "expert_feed_forward_length", "expert_shared_feed_forward_length",
      "expert_chunk_feed_forward_length", "expert_count", "expert_used_count", "expert_shared_count",
      "expert_group_count", "expert_group_used_count", "expert_gating_func", "experts_per_group",
      "moe_every_n_layers", "interleave_moe_layer_step", "nextn_predict_layers", "n_deepstack_layers",
      "full_attention_interval", "pooling_type", "decoder_start_token_id", "decoder_block_count",
      "rescale_every_n_layers", "time_mix_extra_dim", "time_decay_extra_dim", "token_shift_count",
      "altup.active_idx", "altup.num_inputs", "embedding_length_per_layer_input", "ssm.conv_kernel",
      "ssm.inner_size", "ssm.state_size", "ssm.time_step_rank", "ssm.group_count", "wkv.head_size",
      "posnet.embedding_length", "posnet.block_count", "convnext.embedding_length", "convnext.block_count",
      "shortconv.l_cache")
    + ofArchitecture(
      .float32,
      "expert_weights_scale", "expert_group_scale", "logit_scale", "residual_scale", "embedding_scale",
      "attn_logit_softcapping", "router_logit_softcapping", "final_logit_softcapping")
    + ofArchitecture(.bool, "expert_weights_norm", "use_parallel_residual", "swin_norm", "ssm.dt_b_c_rms")
    + ofArchitecture(.string, "tensor_data_layout")
    + [
      KnownKey("{arch}.feed_forward_length", .one(.uint32), .many(.int32), .many(.uint32)),
      KnownKey("{arch}.classifier.output_labels", .many(.string)),
    ]

  /// Keys of attention and of the rotation by position.
  static let attention: [KnownKey] =
    [
      KnownKey("{arch}.attention.head_count", .one(.uint32), .many(.int32), .many(.uint32)),
      KnownKey("{arch}.attention.head_count_kv", .one(.uint32), .many(.int32), .many(.uint32)),
      KnownKey(
        "{arch}.attention.sliding_window_pattern", .one(.uint32), .many(.bool), .many(.uint32), .many(.int32)),
    ]
    + ofArchitecture(
      .uint32,
      "attention.key_length", "attention.value_length", "attention.key_length_mla",
      "attention.value_length_mla",
      "attention.key_length_swa", "attention.value_length_swa", "attention.group_norm_groups",
      "attention.q_lora_rank", "attention.kv_lora_rank", "attention.decay_lora_rank",
      "attention.iclr_lora_rank",
      "attention.value_residual_mix_lora_rank", "attention.gate_lora_rank",
      "attention.relative_buckets_count",
      "attention.sliding_window", "attention.temperature_length", "attention.shared_kv_layers",
      "rope.dimension_count", "rope.dimension_count_swa", "rope.scaling.original_context_length")
    + ofArchitecture(
      .float32,
      "attention.max_alibi_bias", "attention.clamp_kqv", "attention.layer_norm_epsilon",
      "attention.layer_norm_rms_epsilon", "attention.group_norm_epsilon", "attention.scale",
      "attention.output_scale", "attention.temperature_scale", "rope.freq_base", "rope.freq_base_swa",
      "rope.scale_linear", "rope.scaling.factor", "rope.scaling.attn_factor", "rope.scaling.alpha",
      "rope.scaling.yarn_log_multiplier", "rope.scaling.yarn_ext_factor", "rope.scaling.yarn_attn_factor",
      "rope.scaling.yarn_beta_fast", "rope.scaling.yarn_beta_slow")
    + ofArchitecture(.bool, "attention.causal", "rope.scaling.finetuned")
    + [
      KnownKey("{arch}.rope.dimension_sections", .many(.int32), .many(.uint32)),
      KnownKey("{arch}.rope.scaling.type", .one(.string)),
    ]

  private static func ofArchitecture(_ type: MetadataType, _ keys: String...) -> [KnownKey] {
    keys.map { KnownKey("{arch}.\($0)", .one(type)) }
  }
}
