import IngotCheckpoints
import IngotEncodings

/// Decides the encoding of each tensor, and says why.
///
/// The order is that of `spec/conversion.md`, clause V2: what must be exact, the user's rules, what is too small or
/// too sensitive, the encoding that was asked for, and its fallback where rows do not divide into blocks.
struct EncodingPolicy {
  private let target: ConversionOptions.Target
  private(set) var rules: CompiledTensorRules
  private let isContainer: Bool

  /// - Parameter isContainer: whether the source is a container already, of which a copy must stay a copy.
  init(_ options: ConversionOptions, isContainer: Bool) throws(ConversionError) {
    target = options.target
    self.isContainer = isContainer
    rules = try CompiledTensorRules(options.rules)
  }

  /// The encoding for a tensor of the checkpoint.
  ///
  /// - Parameter rowLength: the number of values in a row of the output.
  mutating func decide(
    _ tensor: CheckpointTensor, rowLength: Int
  ) -> (encoding: Encoding, reason: EncodingReason) {
    let own = tensor.type.exactEncoding
    switch tensor.type.kind {
    case .boolean, .integer, .complex:
      return (own, EncodingReason(.exact, "\(tensor.type.name) values are kept exactly"))
    case .float, .blocks: break
    }
    if let rule = rules.rule(for: tensor.name) {
      return Self.fitted(rule.encoding, rowLength, EncodingReason(.rule, "rule \(rule.pattern)"))
    }
    switch target {
    case .own:
      if !isContainer, own == .f16 || own == .bf16, let reason = Self.smallReason(tensor) {
        return (.f32, reason)
      }
      return (own, EncodingReason(.own, "own precision"))
    case .encoding(let encoding):
      if let reason = Self.smallReason(tensor) { return (.f32, reason) }
      if encoding.kind == .quantized, let reason = Self.readerReason(tensor) { return (.f32, reason) }
      return Self.fitted(encoding, rowLength, EncodingReason(.asked, "as asked"))
    }
  }

  /// `wanted` where the rows divide into its blocks, and its fallback elsewhere.
  static func fitted(
    _ wanted: Encoding, _ rowLength: Int, _ reason: EncodingReason
  ) -> (Encoding, EncodingReason) {
    let encoding = wanted.fallback(rowLength: rowLength)
    guard encoding != wanted else { return (wanted, reason) }
    return (
      encoding,
      EncodingReason(
        .fallback,
        "rows of \(rowLength) do not divide into \(wanted.name) blocks of \(wanted.elementsPerBlock)")
    )
  }

  /// Why the tensor is too small and too sensitive for anything but single precision, or `nil`.
  private static func smallReason(_ tensor: CheckpointTensor) -> EncodingReason? {
    if tensor.shape.count(where: { $0 != 1 }) <= 1 {
      return EncodingReason(.oneDimension, "one dimension")
    }
    let components = tensor.name.lowercased().split(separator: ".")
    return components.contains(where: isNorm) ? EncodingReason(.norm, "normalization") : nil
  }

  /// Why the tensor must not be quantized, or `nil`.
  private static func readerReason(_ tensor: CheckpointTensor) -> EncodingReason? {
    let components = tensor.name.split(separator: ".")
    guard components.contains(where: neverQuantized.contains) else { return nil }
    return EncodingReason(.reader, "readers take it in single precision")
  }

  /// Whether a component of a name is that of a normalization, such as `LayerNorm`, `attn_norm` or `norm1`.
  private static func isNorm(_ component: Substring) -> Bool {
    var stem = component
    while let last = stem.last, "0123456789_".contains(last) { stem.removeLast() }
    return stem.hasSuffix("norm")
  }

  /// Components of names in GGUF models whose operators llama.cpp has for unquantized tensors only.
  private static let neverQuantized: Set<Substring> = [
    "ffn_gate_inp", "position_embd", "token_types", "attn_rel_b", "ssm_conv1d", "shortconv",
    "time_mix_first", "time_mix_w0", "time_mix_w1", "time_mix_w2", "time_mix_v0", "time_mix_v1",
    "time_mix_v2",
    "time_mix_a0", "time_mix_a1", "time_mix_a2", "time_mix_g1", "time_mix_g2", "time_mix_decay_w1",
    "time_mix_decay_w2", "time_mix_lerp_fused",
  ]
}
