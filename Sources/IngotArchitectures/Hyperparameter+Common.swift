/// Keys that architectures have in common.
extension [Hyperparameter] {
  /// What every transformer states.
  static let transformer: Self = [
    .required(.blocks, .count(1...512)),
    .required(.context),
    .required(.embedding),
    .required(.feedForward, .perBlock(1...Hyperparameter.largestCount)),
    .required(.heads, .perBlock(1...Hyperparameter.largestCount)),
    .optional(.keyValueHeads, .perBlock(1...Hyperparameter.largestCount), else: .heads),
    .optional(.keyLength, else: .embedding / .heads),
    .optional(.valueLength, else: .embedding / .heads),
    .optional(.rotary, else: .keyLength),
    .optional(.vocabulary),
    .optional("rope.freq_base", .positive),
    .optional("rope.scaling.type", .word(["none", "linear", "yarn", "longrope"])),
    .optional("rope.scaling.factor", .notNegative),
  ]

  /// A transformer whose blocks have experts and no other feed-forward network.
  static let mixtureOnly: Self =
    transformer.map { $0.quantity == .feedForward ? .optional(.feedForward, $0.constraint, else: 0) : $0 }
    + [.required(.experts, .count(1...512)), .required(.expertsUsed, .count(1...512))]

  /// What a mixture of experts states.
  static let mixture: Self = [
    .optional(.experts, .count(0...512), else: 0),
    .optional(.expertsUsed, .count(0...512), else: 0),
  ]

  /// The epsilon of a root mean square normalization.
  static let rootMeanSquare: Self = [.required("attention.layer_norm_rms_epsilon", .notNegative)]
  /// The epsilon of a layer normalization.
  static let layerNorm: Self = [.required("attention.layer_norm_epsilon", .notNegative)]
  /// Attention that sees only the nearest tokens in some blocks.
  static let slidingWindow: Self = [
    .optional("attention.sliding_window", .count(0...Hyperparameter.largestCount)),
    .optional("rope.freq_base_swa", .positive),
  ]
}

/// Relations that architectures have in common.
extension [Relation] {
  /// Heads share keys and values evenly, and values are as long as keys.
  static let heads: Self = [.divides(.keyValueHeads, .heads), .equal(.valueLength, .keyLength)]
  /// Heads whose keys are rotated as a whole.
  static let rotatedHeads: Self = heads + [.equal(.rotary, .keyLength)]
  /// Heads whose keys may be rotated in part.
  static let partlyRotatedHeads: Self = heads + [.atMost(.rotary, .keyLength)]
  /// A token is given to some of the experts, if there are any.
  static let mixture: Self = [.atMost(.expertsUsed, .experts), .neededBy(.expertsUsed, .experts)]
}
