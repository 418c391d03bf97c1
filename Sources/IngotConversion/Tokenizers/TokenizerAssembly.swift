import IngotArchitectures
import IngotCheckpoints
import IngotContainer

/// The metadata of a tokenizer as it comes together.
struct TokenizerAssembly {
  let folder: ModelFolder
  let configuration: TokenizerConfiguration
  let vocabularySize: Int?
  let modelType: String?
  let tokenTypeCount: Int
  let preTokenizer: String?

  var metadata = Metadata()
  var warnings = Warnings()
  private(set) var tokenCount = 0

  /// Reads what `strategy` asks for.
  mutating func load(_ strategy: TokenizerStrategy) throws {
    switch strategy {
    case .bytePairs, .stableLM: try loadBytePairs()
    case .phi2:
      metadata["tokenizer.ggml.add_bos_token"] = .bool(false)
      try loadBytePairs()
    case .qwen: try hasSentencePiece ? loadSentencePiece() : loadBytePairs(orSentencePiece: true)
    case .llama: try loadLlama()
    case .sentencePiece: try loadSentencePiece()
    case .gemma: try loadGemma()
    case .gemma2:
      try loadSentencePiece()
      addSpacePrefix(false)
    case .gemma3: try hasSentencePiece ? load(.gemma2) : loadBytePairs(orSentencePiece: true)
    case .phi3: try loadPhi3()
    case .wordPiece: try loadWordPiece()
    case .roberta:
      guard folder.has(TokenizerFile.name) else { return try loadWordPiece() }
      try loadBytePairs()
      addTokenTypeCount()
    case .modernBert:
      for name in ["bos", "eos", "sep"] { metadata["tokenizer.ggml.add_\(name)_token"] = .bool(true) }
      try loadBytePairs()
    case .unigram: try loadUnigrams()
    case .nomicBert:
      let file = try TokenizerFile.read(folder, contents: .head)
      try file?.model.kind == .unigram ? loadUnigrams() : loadWordPiece()
    }
  }

  /// Whether there is a vocabulary of SentencePiece.
  var hasSentencePiece: Bool { folder.has(SentencePieceFile.name) }
}

// What is written.
extension TokenizerAssembly {
  /// Writes the kind of tokenizer and its words: clause T3.
  mutating func add(_ table: TokenTable, model: String, pre: String, scored: Bool) {
    metadata[TokenizerModel.key] = .string(model)
    metadata[TokenizerModel.pre] = .string(pre)
    metadata[TokenizerModel.tokens] = .array(MetadataArray(table.texts))
    if scored { metadata[TokenizerModel.scores] = .array(MetadataArray(table.scores)) }
    metadata[TokenizerModel.types] = .array(MetadataArray(table.types.map(\.rawValue)))
    tokenCount = table.count
  }

  /// Writes merges, and the tokens and flags that have a role.
  mutating func add(_ special: SpecialTokens, merges: [String] = []) {
    if !merges.isEmpty { metadata[TokenizerModel.merges] = .array(MetadataArray(merges)) }
    special.write(to: &metadata)
    warnings.append(special.warnings)
  }

  /// Says whether a text gets a space in front.
  mutating func addSpacePrefix(_ adds: Bool) { metadata["tokenizer.ggml.add_space_prefix"] = .bool(adds) }

  /// Says how many types of segments a text has: clause T3.
  mutating func addTokenTypeCount() {
    metadata["tokenizer.ggml.token_type_count"] = .uint32(UInt32(clamping: max(0, tokenTypeCount)))
  }

  /// The error for a folder without the files that a strategy needs.
  func missing(_ what: String) -> ConversionError {
    let tekken = folder.has("tekken.json") ? "; tekken.json is not read: tokenizer.json says the same" : ""
    return ConversionError(.tokenizer, "\(folder.path) has no vocabulary: \(what)\(tekken)")
  }
}
