import IngotArchitectures
import IngotCheckpoints
import IngotContainer

extension TokenizerAssembly {
  /// WordPiece, whose tokens are written with a sign before words instead of one before what continues a word: T3.
  mutating func loadWordPiece() throws {
    let whole = TokenizerFile.Contents.whole(ceiling: vocabularySize)
    let file = try TokenizerFile.read(folder, contents: whole)
    var table: TokenTable
    if let file {
      guard file.model.kind == .wordPiece else {
        throw missing(
          "\(TokenizerFile.name) is of the type \((file.model.type ?? "BPE").quoted), not WordPiece")
      }
      table = try self.table(
        file.model.vocabulary, of: TokenizerFile.name, file: file,
        decoder: TokenDecoder(file.decoder, cleansUp: cleansUp))
    } else {
      table = try wordList()
    }
    table.mapTexts { text, type in
      if type == .control { return text }
      return text.startsBytes(with: "##")
        ? String(decoding: text.utf8.dropFirst(2), as: UTF8.self) : "\u{2581}" + text
    }
    addTokenTypeCount()
    // Readers do not look at the name; this is what the reference finds for the vocabulary of BERT.
    add(table, model: "bert", pre: preTokenizer ?? "jina-v2-en", scored: false)
    add(try SpecialTokens(configuration, file, folder, count: table.count))
  }

  /// The words of `vocab.txt`, one a line.
  private mutating func wordList() throws -> TokenTable {
    let name = "vocab.txt"
    guard let text = try folder.text(of: name) else { throw missing("it needs tokenizer.json or vocab.txt") }
    let path = folder.path(of: name)
    let reader = Vocabulary.Reader(path: path, ceiling: vocabularySize)
    var vocabulary = Vocabulary()
    var lines = text.replacingBytes(of: "\r\n", with: "\n").utf8.split(
      separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    if lines.last?.isEmpty == true { lines.removeLast() }
    for (number, line) in lines.enumerated() {
      let word = String(decoding: line, as: UTF8.self)
      try reader.check(word, number)
      guard vocabulary.add(word, number) == nil else {
        throw CheckpointError(
          .duplicate, path, .key(word), found: "\(word.quoted) a second time, in line \(number + 1)",
          expected: "each token once")
      }
    }
    let decoder = TokenDecoder(type: "WordPiece", cleansUp: cleansUp)
    return try table(vocabulary, of: name, file: nil, decoder: decoder)
  }
}
