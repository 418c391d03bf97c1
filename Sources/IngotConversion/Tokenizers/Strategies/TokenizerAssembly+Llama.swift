import IngotArchitectures
import IngotCheckpoints
import IngotContainer

extension TokenizerAssembly {
  /// The first of three kinds that the folder has, and what the embeddings' size gives away: T2 and T11.
  mutating func loadLlama() throws {
    if let adds = configuration.flag("add_prefix_space") { addSpacePrefix(adds) }
    if hasSentencePiece {
      try loadSentencePiece()
    } else if let file = try TokenizerFile.read(folder, contents: .head), Self.isSentencePiece(file) {
      try loadConvertedSentencePiece()
    } else {
      try loadBytePairs(orSentencePiece: true)
    }
    // Nothing but its size tells the vocabulary of CodeLlama, and that of the small Granite code models.
    if vocabularySize == 32016 { try addRoles([(.eot, 32010)]) }
    if vocabularySize == 49152 { metadata["tokenizer.ggml.add_bos_token"] = .bool(false) }
  }

  /// Whether a `tokenizer.json` was made of a model of SentencePiece that joins pairs: T2.
  private static func isSentencePiece(_ file: TokenizerFile) -> Bool {
    file.model.kind == .bytePairs && file.model.hasByteFallback
      && file.decoder?["type"]?.string == "Sequence"
  }

  /// A `tokenizer.json` that was made of a `tokenizer.model`, whose scores are lost.
  private mutating func loadConvertedSentencePiece() throws {
    let whole = TokenizerFile.Contents.whole(ceiling: vocabularySize)
    guard let file = try TokenizerFile.read(folder, contents: whole) else {
      throw missing("no tokenizer.json")
    }
    let added = addedVocabulary(file, to: file.model.vocabulary)
    let path = folder.path(of: TokenizerFile.name)
    let reader = Vocabulary.Reader(path: path, ceiling: vocabularySize)
    for (number, token) in added.tokens.sorted(by: { $0.key < $1.key }) {
      try reader.check(token.text, number)
    }
    let special = Set(
      configuration.specialTexts(modelType: modelType).compactMap { added.number(of: $0) })
    let end = max(file.model.vocabulary.end, (added.tokens.keys.max() ?? -1) + 1)
    var table = TokenTable(padding: vocabularySize ?? end)
    for (word, number) in file.model.vocabulary.numbers {
      let type: TokenType =
        Self.isByte(word.string) ? .byte : special.contains(number) ? .control : .normal
      table.set(number, word.string, type)
    }
    for (number, token) in added.tokens where number >= file.model.vocabulary.count {
      table.set(number, token.text, special.contains(number) ? .control : .userDefined)
    }
    add(table, model: "llama", pre: "default", scored: true)
    warnings.append(
      "tokenizer.json has no scores: without tokenizer.model readers cut text otherwise than the model was taught"
    )
    add(try SpecialTokens(configuration, file, folder, count: table.count))
  }

  /// Whether a token stands for a byte: `<0x0A>`.
  private static func isByte(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    return bytes.count == 6 && text.hasPrefix("<0x") && bytes[5] == UInt8(ascii: ">")
      && bytes[3...4].allSatisfy { Character(Unicode.Scalar($0)).isHexDigit && $0 < 0x80 }
  }
}
