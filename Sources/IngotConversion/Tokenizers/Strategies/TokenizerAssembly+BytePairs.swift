import IngotArchitectures
import IngotCheckpoints
import IngotContainer

extension TokenizerAssembly {
  /// Byte pairs: T3, T4, T6.
  ///
  /// - Parameter sentencePiece: Whether the folder could have had a vocabulary of SentencePiece instead.
  mutating func loadBytePairs(orSentencePiece sentencePiece: Bool = false) throws {
    let whole = TokenizerFile.Contents.whole(ceiling: vocabularySize)
    guard let file = try TokenizerFile.read(folder, contents: whole) else {
      guard folder.has(Self.vocabularyName) else {
        let other = sentencePiece ? "\(SentencePieceFile.name), " : ""
        throw missing("it needs \(other)\(TokenizerFile.name), or \(Self.vocabularyName) with \(Merges.name)")
      }
      guard folder.has(Merges.name) else {
        throw missing("\(Self.vocabularyName) needs \(Merges.name) beside it")
      }
      return try loadSlowBytePairs()
    }
    guard file.model.kind == .bytePairs else {
      throw missing(
        "\(TokenizerFile.name) is of the type \((file.model.type ?? "WordPiece").quoted), not BPE")
    }
    let pre = try preTokenizer ?? PreTokenizer.name(of: file, self, warnings: &warnings)
    let table = try table(
      file.model.vocabulary, of: TokenizerFile.name, file: file,
      decoder: TokenDecoder(file.decoder, cleansUp: cleansUp))
    add(table, model: "gpt2", pre: pre, scored: false)
    if file.model.merges.isEmpty { warnings.append("there are no merges: readers cannot cut text") }
    let special = try SpecialTokens(configuration, file, folder, count: nil)
    add(special, merges: file.model.merges)
  }

  /// The file of tokens beside a `merges.txt`.
  private static let vocabularyName = "vocab.json"

  /// `vocab.json` and `merges.txt`, which say nothing of the pre-tokenizer.
  private mutating func loadSlowBytePairs() throws {
    let name = Self.vocabularyName
    let reader = Vocabulary.Reader(path: folder.path(of: name), ceiling: vocabularySize)
    guard let (vocabulary, _) = try folder.parse(name, { try reader.read(&$0) }) else {
      throw missing("it needs \(name)")
    }
    let pre = try preTokenizer ?? PreTokenizer.name(ofClass: configuration.className, modelType: modelType)
    let table = try table(vocabulary, of: name, file: nil, decoder: .bytes)
    add(table, model: "gpt2", pre: pre, scored: false)
    let merges = try Merges.read(folder, warnings: &warnings)
    if merges.isEmpty { warnings.append("there are no merges: readers cannot cut text") }
    add(try SpecialTokens(configuration, nil, folder, count: nil), merges: merges)
  }

  /// Whether the library leaves out spaces before punctuation when it puts a text together.
  var cleansUp: Bool { configuration.flag("clean_up_tokenization_spaces") ?? false }

  /// The words of a vocabulary and those that were added to it, by number: T4 and T5.
  mutating func table(
    _ vocabulary: Vocabulary, of name: String, file: TokenizerFile?, decoder: TokenDecoder
  ) throws -> TokenTable {
    let added = addedVocabulary(file, to: vocabulary)
    let reader = Vocabulary.Reader(path: folder.path(of: name), ceiling: vocabularySize)
    for (number, token) in added.tokens.sorted(by: { $0.key < $1.key }) {
      try reader.check(token.text, number)
    }
    let end = max(vocabulary.end, (added.tokens.keys.max() ?? -1) + 1)
    var table = TokenTable(padding: vocabularySize ?? end)
    for (word, number) in vocabulary.numbers { table.set(number, word.string, .normal, score: 0) }
    for (number, token) in added.tokens {
      let text = token.isNormalized ? token.text : decoder.text(of: token.text)
      let (plain, type) = TokenTable.added(text, isSpecial: token.isSpecial)
      table.set(number, plain, type)
    }
    return table
  }
}
