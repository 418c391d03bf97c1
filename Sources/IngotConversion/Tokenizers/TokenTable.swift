import IngotArchitectures
import IngotContainer

/// The words of a vocabulary by their numbers.
struct TokenTable {
  private(set) var texts: [String]
  private(set) var scores: [Float]
  private(set) var types: [TokenType]

  /// Makes a table of words that nothing is known of yet: T4.
  init(padding count: Int) {
    texts = (0..<count).map { "[PAD\($0)]" }
    scores = [Float](repeating: Self.paddingScore, count: count)
    types = [TokenType](repeating: .unused, count: count)
  }

  /// The score of a place that no word has.
  static let paddingScore: Float = -10_000
  /// The score of a word that was added.
  static let addedScore: Float = -1000

  /// The number of words.
  var count: Int { texts.count }

  /// Gives a number its word.
  ///
  /// - Precondition: `number` is less than ``count``.
  mutating func set(_ number: Int, _ text: String, _ type: TokenType, score: Float = TokenTable.addedScore) {
    texts[number] = text
    types[number] = type
    scores[number] = score
  }

  /// Appends a word.
  mutating func append(_ text: String, _ type: TokenType, score: Float) {
    texts.append(text)
    types.append(type)
    scores.append(score)
  }

  /// Changes the text of each word.
  mutating func mapTexts(_ change: (String, TokenType) -> String) {
    for number in texts.indices { texts[number] = change(texts[number], types[number]) }
  }

  /// Replaces the first words by `words`, for those that follow moves up what stands from `start` on, and leaves out the last.
  mutating func realign(_ words: [(text: String, type: TokenType)], keepingFrom start: Int) {
    let kept = start..<max(start, count - 1)
    guard kept.upperBound <= count else { return }
    texts = words.map(\.text) + texts[kept]
    types = words.map(\.type) + types[kept]
    scores = words.map { _ in 0 } + scores[kept]
  }
}

extension TokenTable {
  /// What the type of a piece that somebody added is, and its text: clause T5.
  static func added(_ text: String, isSpecial: Bool) -> (text: String, type: TokenType) {
    if isSpecial || looksSpecial(text) { return (text, .control) }
    return (text.replacingBytes(of: "\u{2581}", with: " "), .userDefined)
  }

  /// Whether a text has the form of a sign to the model, whatever its flags say: clause T5.
  static func looksSpecial(_ text: String) -> Bool {
    let bytes = text.utf8
    return ["<pad>", "<mask>", "<2mass>", "[@BOS@]"].contains(text)
      || [("<|", "|>"), ("<\u{FF5C}", "\u{FF5C}>"), ("<unused", ">")].contains { opening, closing in
        bytes.starts(with: opening.utf8) && bytes.reversed().starts(with: closing.utf8.reversed())
      }
  }
}
