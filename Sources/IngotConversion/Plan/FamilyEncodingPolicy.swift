import IngotCheckpoints
import IngotEncodings

/// Decides the encoding of each tensor of a model whose family is known, and says why.
///
/// What stays in single precision is what readers compute with in no other.
///
/// Specification: `spec/families.md`, clause N4.
struct FamilyEncodingPolicy {
  /// The encoding of the tensors that are worth encoding.
  let target: Encoding
  private let isOwn: Bool
  private(set) var rules: CompiledTensorRules

  init(_ options: ConversionOptions, _ checkpoint: DerivedCheckpoint) throws(ConversionError) {
    rules = try CompiledTensorRules(options.rules)
    switch options.target {
    case .encoding(let encoding):
      target = encoding
      isOwn = false
    case .own:
      target = Self.ownEncoding(of: checkpoint)
      isOwn = true
    }
  }

  /// The precision of the first matrix by name that has half of a float's; that of IEEE 754 where none has.
  private static func ownEncoding(of checkpoint: DerivedCheckpoint) -> Encoding {
    let halves = checkpoint.tensors.lazy.filter {
      $0.shape.count > 1 && ($0.type == .bfloat16 || $0.type == .float16)
    }
    return halves.min { $0.precedes($1) }?.type == .bfloat16 ? .bf16 : .f16
  }

  /// The encoding for a tensor.
  mutating func decide(
    _ tensor: CheckpointTensor, name: String, rowLength: Int
  ) -> (Encoding, EncodingReason) {
    let own = tensor.type.exactEncoding
    switch tensor.type.kind {
    case .boolean, .integer, .complex:
      return (own, EncodingReason(.exact, "\(tensor.type.name) values are kept exactly"))
    case .float, .blocks: break
    }
    if let rule = rules.rule(for: tensor.name, name) {
      return EncodingPolicy.fitted(rule.encoding, rowLength, EncodingReason(.rule, "rule \(rule.pattern)"))
    }
    if tensor.type.kind == .blocks { return (own, EncodingReason(.own, "stored as blocks")) }
    if tensor.shape.count <= 1 { return (.f32, EncodingReason(.oneDimension, "one dimension")) }
    if name.hasSuffix("_norm.weight") { return (.f32, EncodingReason(.norm, "normalization")) }
    let parts = name.split(separator: ".")
    if parts.contains(where: Self.single.contains) || !name.hasSuffix(".weight") {
      return (.f32, EncodingReason(.reader, "readers take it in single precision"))
    }
    if [.tq1_0, .tq2_0].contains(target), ["token_embd.weight", "output.weight"].contains(name) {
      return (.f16, EncodingReason(.reader, "not ternary: words in half precision"))
    }
    if isOwn, case .ternary = tensor.type { return (own, EncodingReason(.own, "own precision")) }
    if isOwn {
      return (
        target,
        EncodingReason(
          .own,
          tensor.type == .float32 && target == .f16
            ? "half precision; --encoding f32 keeps all" : "own precision")
      )
    }
    return EncodingPolicy.fitted(target, rowLength, EncodingReason(.asked, "as asked"))
  }

  /// Components of names whose operators readers have for single precision only.
  private static let single: Set<Substring> = [
    "ffn_gate_inp", "ffn_gate_inp_shexp", "position_embd", "token_types",
  ]
}
