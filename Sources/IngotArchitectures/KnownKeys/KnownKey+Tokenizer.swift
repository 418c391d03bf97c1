extension KnownKey {
  /// Keys of the vocabulary.
  static let tokenizer: [KnownKey] =
    [
      KnownKey("tokenizer.ggml.model", .one(.string)),
      KnownKey("tokenizer.ggml.pre", .one(.string)),
      KnownKey("tokenizer.ggml.tokens", .many(.string)),
      KnownKey("tokenizer.ggml.token_type", .many(.int32)),
      KnownKey("tokenizer.ggml.token_type_count", .one(.uint32)),
      KnownKey("tokenizer.ggml.scores", .many(.float32)),
      KnownKey("tokenizer.ggml.merges", .many(.string)),
      KnownKey("tokenizer.ggml.added_tokens", .many(.string)),
    ] + specialTokens.map { KnownKey($0, .one(.uint32)) }
    + [
      "add_bos_token", "add_eos_token", "add_sep_token", "add_space_prefix", "remove_extra_whitespaces",
      "normalizer.lowercase", "normalizer.strip_accents",
    ].map {
      KnownKey("tokenizer.ggml.\($0)", .one(.bool))
    } + [
      KnownKey("tokenizer.ggml.precompiled_charsmap", .many(.uint8), .many(.int8)),
      KnownKey("tokenizer.huggingface.json", .one(.string)),
      KnownKey("tokenizer.rwkv.world", .one(.string)),
      KnownKey("tokenizer.chat_template", .one(.string)),
      KnownKey("tokenizer.chat_template.{name}", .one(.string)),
      KnownKey("tokenizer.chat_templates", .many(.string)),
    ]

  /// Keys whose value is the number of a token.
  public static let specialTokens: [String] = [
    "bos", "eos", "eot", "eom", "unknown", "seperator", "padding", "cls", "mask", "fim_pre", "fim_suf",
    "fim_mid",
    "fim_pad", "fim_rep", "fim_sep", "prefix", "suffix", "middle",
  ].map { "tokenizer.ggml.\($0)_token_id" }
}
