import IngotArchitectures
import IngotCheckpoints
import IngotContainer
import SystemPackage

extension TokenizerAssembly {
  /// Unigrams of XLM-RoBERTa: T3.
  mutating func loadUnigrams() throws {
    let whole = TokenizerFile.Contents.whole(ceiling: nil)
    let model = try SentencePieceFile.read("sentencepiece.bpe.model", folder)
    let file = try TokenizerFile.read(folder, contents: model == nil ? whole : .head)
    let (table, text): (TokenTable, UnigramText)
    if let model {
      (table, text) = (try self.table(model), UnigramText(model))
    } else if let file {
      (table, text) = (
        try self.table(file), try UnigramText(file, configuration, path: folder.path(of: TokenizerFile.name))
      )
    } else {
      throw missing("it needs sentencepiece.bpe.model or tokenizer.json")
    }
    add(table, model: "t5", pre: "default", scored: true)
    addSpacePrefix(text.addsSpacePrefix)
    addTokenTypeCount()
    metadata["tokenizer.ggml.remove_extra_whitespaces"] = .bool(text.removesExtraWhitespaces)
    if !text.characterMap.isEmpty {
      metadata["tokenizer.ggml.precompiled_charsmap"] = .array(MetadataArray(text.characterMap))
    }
    add(try SpecialTokens(configuration, file, folder, count: table.count))
  }

  /// The words of a model of SentencePiece, moved to where the library has them.
  private mutating func table(_ file: SentencePieceFile) throws -> TokenTable {
    guard file.model.trainer.algorithm == .unigram else {
      throw missing("sentencepiece.bpe.model is not of unigrams")
    }
    guard file.model.pieces.count >= 4 else { throw missing("sentencepiece.bpe.model has no words") }
    var table = TokenTable(padding: max(vocabularySize ?? 0, file.model.pieces.count))
    for (number, word) in file.words.enumerated() {
      table.set(number, word.text, word.type, score: word.score)
    }
    // The library has four tokens of its own in front, where the model has three, and one at the end.
    table.realign(
      [("<s>", .control), ("<pad>", .control), ("</s>", .control), ("<unk>", .unknown)], keepingFrom: 3)
    if modelType == "nomic_bert", table.count > 250_001 {
      table.set(250_001, "<mask>", .control, score: 0)
    }
    return table
  }

  /// The words of `tokenizer.json`.
  private mutating func table(_ file: TokenizerFile) throws -> TokenTable {
    guard file.model.kind == .unigram else {
      throw missing(
        "\(TokenizerFile.name) is of the type \((file.model.type ?? "WordPiece").quoted), not Unigram")
    }
    guard file.model.hasScores else { throw missing("\(TokenizerFile.name) has no scores") }
    let vocabulary = file.model.vocabulary
    let added = addedVocabulary(file, to: vocabulary)
    let unknown =
      configuration.text(.unk).flatMap { added.holds($0) ? added.number(of: $0) : nil }
      ?? file.model.unknownNumber ?? 3
    let special = Set(
      configuration.specialTexts(modelType: modelType).compactMap { added.number(of: $0) })
    var table = TokenTable(padding: max(vocabularySize ?? 0, vocabulary.count))
    for (word, number) in vocabulary.numbers {
      let type: TokenType =
        number == unknown
        ? .unknown
        : special.contains(number) ? .control : added.tokens[number] != nil ? .userDefined : .normal
      table.set(number, word.string, type, score: vocabulary.scores[number])
    }
    for (number, token) in added.tokens where number >= vocabulary.count && number < table.count {
      let (text, type) = TokenTable.added(token.text, isSpecial: token.isSpecial)
      table.set(number, text, type)
    }
    return table
  }
}

/// What is done to a text before it is cut into unigrams.
struct UnigramText {
  let addsSpacePrefix, removesExtraWhitespaces: Bool
  /// Which characters are replaced by which, in the form of SentencePiece.
  let characterMap: [UInt8]

  init(_ file: SentencePieceFile) {
    let normalizer = file.model.normalizer
    addsSpacePrefix = normalizer.addsDummyPrefix
    removesExtraWhitespaces = normalizer.removesExtraWhitespaces
    characterMap = Array(normalizer.precompiledCharacters)
  }

  /// Reads the same from `tokenizer.json`.
  init(_ file: TokenizerFile, _ configuration: TokenizerConfiguration, path: FilePath) throws(CheckpointError)
  {
    addsSpacePrefix = configuration.flag("add_prefix_space") ?? Self.prepends(file.preTokenizer)
    removesExtraWhitespaces = configuration.flag("clean_up_tokenization_spaces") ?? false
    guard let text = Self.find(file.normalizer, "precompiled_charsmap")?.string else {
      characterMap = []
      return
    }
    guard let bytes = Base64.decode(text) else {
      throw CheckpointError(
        .value, path, .key("precompiled_charsmap"), found: "a text of another form", expected: "Base64")
    }
    characterMap = bytes
  }

  /// The member of a normalizer, or of one in its sequence.
  private static func find(_ tree: JSONTree?, _ name: String) -> JSONTree? {
    tree?[name] ?? tree?["normalizers"]?.elements?.lazy.compactMap { $0[name] }.first
  }

  /// Whether the pre-tokenizer puts a space in front of a text.
  private static func prepends(_ tree: JSONTree?) -> Bool {
    ([tree].compactMap(\.self) + (tree?["pretokenizers"]?.elements ?? [])).contains { step in
      step["type"]?.string == "Metaspace"
        && (step["prepend_scheme"]?.string.map { $0 != "never" } ?? step["add_prefix_space"]?.boolean ?? true)
    }
  }
}
