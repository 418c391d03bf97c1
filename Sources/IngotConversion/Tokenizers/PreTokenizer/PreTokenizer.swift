import IngotCheckpoints
import IngotContainer

/// Finds the name that readers have for the pre-tokenizer of a model.
///
/// Specification: `spec/tokenizers.md`, clause T12.
enum PreTokenizer {
  /// The name for what `tokenizer.json` says.
  ///
  /// - Throws: ``ConversionError/Code/preTokenizer`` where the structure is not known.
  static func name(
    of file: TokenizerFile, _ assembly: TokenizerAssembly, warnings: inout Warnings
  ) throws(ConversionError) -> String {
    let structure = PreTokenizerStructure(file.preTokenizer)
    for known in KnownPreTokenizer.all where known.steps == structure.steps {
      guard holds(known.condition, file, assembly) else { continue }
      if addsSpace(file.preTokenizer) {
        warnings.append(
          "the pre-tokenizer puts a space in front of texts, which readers of byte pairs do not")
      }
      return known.name
    }
    let nearest = NearestNames.nearest(
      to: structure.description,
      among: KnownPreTokenizer.all.filter { $0.condition == .none }.map {
        ($0.name, PreTokenizerStructure($0.steps).description)
      })
    throw ConversionError(
      .preTokenizer,
      "the pre-tokenizer of tokenizer.json is none that readers know: \(structure); most like it are "
        + "\(nearest.joined(separator: ", ")); give the name of one that cuts text the same way with "
        + "--pre-tokenizer NAME"
    )
  }

  /// The name for a model whose files are older than `tokenizer.json`, by its class or type.
  ///
  /// - Throws: ``ConversionError/Code/preTokenizer`` where neither is known.
  static func name(ofClass className: String?, modelType: String?) throws(ConversionError) -> String {
    switch (className, modelType) {
    case ("GPT2Tokenizer", _), ("CodeGenTokenizer", _), (nil, "gpt2"), (nil, "phi"): return "gpt-2"
    case ("RobertaTokenizer", _), (nil, "roberta"): return "roberta-bpe"
    case ("Qwen2Tokenizer", _), (nil, "qwen2"), (nil, "qwen2_moe"), (nil, "qwen3"), (nil, "qwen3_moe"):
      return "qwen2"
    default:
      throw ConversionError(
        .preTokenizer,
        "vocab.json and merges.txt do not say how text is cut into words, and the tokenizer class "
          + "\((className ?? "none").quoted) is not known: give the name with --pre-tokenizer NAME")
    }
  }

  private static func holds(
    _ condition: KnownPreTokenizer.Condition, _ file: TokenizerFile, _ assembly: TokenizerAssembly
  ) -> Bool {
    switch condition {
    case .none: true
    case .ignoresMerges: file.model.ignoresMerges
    case .roberta:
      steps(file.postProcessor, "processors").contains { $0["type"]?.string == "RobertaProcessing" }
    case .modelTypes(let types): assembly.modelType.map(types.contains) ?? false
    case .addedToken(let text): file.addedTokens.contains { $0.token.text == text }
    case .cleansUp: assembly.cleansUp
    case .all(let conditions): conditions.allSatisfy { holds($0, file, assembly) }
    }
  }

  private static func addsSpace(_ tree: JSONTree?) -> Bool {
    steps(tree, "pretokenizers").contains {
      $0["type"]?.string == "ByteLevel" && $0["add_prefix_space"]?.boolean ?? true
    }
  }

  /// A step, or those of a sequence.
  private static func steps(_ tree: JSONTree?, _ name: String) -> [JSONTree] {
    tree.map { $0[name]?.elements ?? [$0] } ?? []
  }
}
