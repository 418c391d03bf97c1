import IngotCheckpoints
import IngotContainer
import SystemPackage

/// The words of a tokenizer before any were added, by text.
struct Vocabulary {
  /// The number of each word; no two have the same.
  private(set) var numbers: [ExactName: Int] = [:]
  /// The scores by number, where words have some.
  private(set) var scores: [Float] = []
  /// One more than the largest number.
  private(set) var end = 0
  private var taken: [Bool] = []

  /// How many words there are.
  var count: Int { numbers.count }

  /// Why a word cannot be added.
  enum Refusal { case text, number }

  /// Adds a word, or says what of it has been there before.
  mutating func add(_ text: String, _ number: Int) -> Refusal? {
    if number >= taken.count {
      taken.append(contentsOf: repeatElement(false, count: number - taken.count + 1))
    }
    guard !taken[number] else { return .number }
    guard numbers.updateValue(number, forKey: ExactName(text)) == nil else { return .text }
    taken[number] = true
    end = max(end, number + 1)
    return nil
  }
}

extension Vocabulary {
  /// Reads the words of a JSON file.
  struct Reader {
    let path: FilePath
    /// What each number must be less than.
    let ceiling: Int?

    /// Reads an object of numbers by word, or an array of words with their scores.
    ///
    /// - Returns: The words, and whether they came with scores.
    func read(_ json: inout JSONReader) throws -> (Vocabulary, Bool) {
      switch try json.next() {
      case .beginObject: return (try readNumbers(&json), false)
      case .beginArray: return (try readScores(&json), true)
      case let token: throw json.mismatch(token, expected: "the words, by name or in an array")
      }
    }

    private func readNumbers(_ json: inout JSONReader) throws -> Vocabulary {
      var vocabulary = Vocabulary()
      while try json.nextName() {
        let (text, offset) = (json.textString, json.offset)
        let token = try json.next()
        guard token == .number, let number: Int = json.wholeNumber() else {
          throw json.mismatch(token, expected: "the number of the token \(text.quoted)")
        }
        try add(text, number, at: offset, to: &vocabulary)
      }
      return vocabulary
    }

    private func readScores(_ json: inout JSONReader) throws -> Vocabulary {
      var vocabulary = Vocabulary()
      while true {
        let next = try json.next()
        if next == .endArray { return vocabulary }
        guard next == .beginArray else { throw json.mismatch(next, expected: "a token with its score") }
        try json.expect(.string, "the text of a token")
        let (text, offset) = (json.textString, json.offset)
        try json.expect(.number, "the score of the token \(text.quoted)")
        guard let score = Float(json.textString), score.isFinite else {
          throw json.mismatch(.number, expected: "the score of the token \(text.quoted)")
        }
        try json.expect(.endArray, "nothing but a token and its score")
        try add(text, vocabulary.count, at: offset, to: &vocabulary)
        vocabulary.scores.append(score)
      }
    }

    private func add(_ text: String, _ number: Int, at offset: UInt64, to vocabulary: inout Vocabulary) throws
    {
      try check(text, number, at: offset)
      guard let refusal = vocabulary.add(text, number) else { return }
      let found = refusal == .text ? "\(text.quoted) a second time" : "the number \(number) a second time"
      throw CheckpointError(
        .duplicate, path, at: offset, .key(text), found: found,
        expected: "a number for each token and a token for each number")
    }

    /// Refuses a number that is beyond the embeddings: T4.
    func check(_ text: String, _ number: Int, at offset: UInt64? = nil) throws(CheckpointError) {
      if let ceiling, number >= ceiling {
        throw CheckpointError(
          .value, path, at: offset, .key(text), found: "the number \(number)",
          expected: "less than vocab_size of config.json, which is \(ceiling)")
      }
      guard number >= 0, number < TokenLimits.tokenCount else {
        throw CheckpointError(
          .limit, path, at: offset, .key(text), found: "the number \(number)",
          expected: "less than \(TokenLimits.tokenCount)")
      }
    }
  }
}
