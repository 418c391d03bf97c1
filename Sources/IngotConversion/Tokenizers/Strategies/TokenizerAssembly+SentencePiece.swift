import IngotArchitectures
import IngotCheckpoints
import IngotContainer
import IngotEncodings

extension TokenizerAssembly {
  /// `tokenizer.model`: T3, T4, T5.
  mutating func loadSentencePiece() throws {
    var table = try sentencePieceTable()
    for (number, token) in configuration.decoder ?? [] {
      guard isInside(number, token.text, table) else { continue }
      noteReplacement(number, token.text, table)
      let (text, type) = TokenTable.added(token.text, isSpecial: token.isSpecial)
      table.set(number, text, type)
    }
    try finishSentencePiece(table)
  }

  /// ``loadSentencePiece()``, with the infill tokens of CodeGemma's place in the vocabulary: T11.
  mutating func loadGemma() throws {
    try loadSentencePiece()
    try addRoles([(.eot, 107)])
    addSpacePrefix(false)
  }

  /// `tokenizer.model` and the added tokens of every file, or byte pairs: T2.
  mutating func loadPhi3() throws {
    if configuration.tree?["tokenizer_class"]?.string == "GPT2Tokenizer" { return try loadBytePairs() }
    var table = try sentencePieceTable()
    let file = try TokenizerFile.read(folder, contents: .head)
    let stated = (file?.addedTokens ?? []).compactMap { stated in stated.number.map { ($0, stated.token) } }
    let later =
      (configuration.decoder ?? []).map { ($0.number, $0.token, TokenizerConfiguration.name) }
      + stated.map { ($0.0, $0.1, TokenizerFile.name) }
    for (number, token, name) in later {
      try Vocabulary.Reader(path: folder.path(of: name), ceiling: table.count).check(token.text, number)
      noteReplacement(number, token.text, table)
      table.set(number, token.text, token.isSpecial ? .control : .userDefined)
    }
    try finishSentencePiece(table)
  }

  /// The words of `tokenizer.model` and those of `added_tokens.json`, padded to the embeddings.
  private mutating func sentencePieceTable() throws -> TokenTable {
    guard let file = try SentencePieceFile.read(SentencePieceFile.name, folder) else {
      throw missing("it needs tokenizer.model")
    }
    var table = TokenTable(padding: vocabularySize ?? file.model.pieces.count)
    let words = file.words
    if words.count > table.count {
      warnings.append(
        "tokenizer.model has \(words.count.counted("token")), of which those from \(table.count) on have no embedding"
      )
    }
    for (number, word) in words.prefix(table.count).enumerated() {
      table.set(number, word.text, word.type, score: word.score)
    }
    for (number, text) in configuration.addedTokens where isInside(number, text, table) {
      table.set(number, text, .userDefined)
    }
    return table
  }

  private mutating func isInside(_ number: Int, _ text: String, _ table: TokenTable) -> Bool {
    if number < table.count { return true }
    warnings.append("the added token \(text.quoted) has the number \(number), which has no embedding")
    return false
  }

  private mutating func noteReplacement(_ number: Int, _ text: String, _ table: TokenTable) {
    let old = table.texts[number]
    if table.types[number] != .unused, ExactName(old) != ExactName(text) {
      warnings.append("token \(number) is \(text.quoted) instead of \(old.quoted)")
    }
  }

  private mutating func finishSentencePiece(_ table: TokenTable) throws {
    add(table, model: "llama", pre: "default", scored: true)
    let file = try TokenizerFile.read(folder, contents: .head)
    add(try SpecialTokens(configuration, file, folder, count: table.count))
  }

  /// Gives roles to tokens by their numbers, where no file gives the roles: T11.
  mutating func addRoles(_ roles: [(SpecialRole, Int)]) throws {
    let file = try TokenizerFile.read(folder, contents: .head)
    var special = try SpecialTokens(configuration, file, folder, roles: roles.map(\.0), count: nil)
    for (role, number) in roles { special.set(role, number) }
    special.templates = nil
    add(special)
  }
}
