/// What a token is there for.
enum SpecialRole: String, Sendable, Hashable, CaseIterable {
  case bos, eos, unk, sep, pad, cls, mask
  /// The end of a turn.
  case eot
  /// The end of a message.
  case eom

  /// The roles that every tokenizer is asked for, in the order in which they are looked for: T8.
  static let common: [SpecialRole] = [.bos, .eos, .unk, .sep, .pad, .cls, .mask]

  /// The key of the token's number, where the format has one.
  var key: String? {
    switch self {
    case .bos, .eos, .mask, .eot, .eom: "tokenizer.ggml.\(rawValue)_token_id"
    case .unk: "tokenizer.ggml.unknown_token_id"
    case .sep: "tokenizer.ggml.seperator_token_id"
    case .pad: "tokenizer.ggml.padding_token_id"
    case .cls: nil
    }
  }

  /// The key that says whether texts get the token, where the format has one.
  var flagKey: String? {
    switch self {
    case .bos, .eos, .sep: "tokenizer.ggml.add_\(rawValue)_token"
    case .unk, .pad, .cls, .mask, .eot, .eom: nil
    }
  }
}
