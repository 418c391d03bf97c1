import IngotCheckpoints
import IngotContainer

/// The tokens that were added to a vocabulary, by number, as all files together say.
///
/// Specification: `spec/tokenizers.md`, clause T5.
struct AddedVocabulary {
  private(set) var tokens: [Int: AddedToken] = [:]
  private var numbers: [ExactName: Int] = [:]
  private var highest = -1
  private let vocabulary: Vocabulary

  /// Starts with none.
  init(to vocabulary: Vocabulary) { self.vocabulary = vocabulary }

  /// The number of a token, added or not.
  func number(of text: String) -> Int? { numbers[ExactName(text)] ?? vocabulary.numbers[ExactName(text)] }

  /// Whether a token was added.
  func holds(_ text: String) -> Bool { numbers[ExactName(text)] != nil }

  /// The number that the next token of a text that is not there gets.
  var nextNumber: Int { max(highest + 1, vocabulary.count) }

  /// Adds a token, or says more of one that is there.
  ///
  /// A token of the vocabulary keeps its number; any other gets the next one, whatever the file says: so does the library
  /// that runs the model.
  mutating func add(_ token: AddedToken) {
    guard !token.text.isEmpty else { return }
    let number = number(of: token.text) ?? nextNumber
    numbers[ExactName(token.text)] = number
    tokens[number] = token
    highest = max(highest, number)
  }
}

extension TokenizerAssembly {
  /// Puts together the tokens that `tokenizer.json` and the files beside it add.
  mutating func addedVocabulary(_ file: TokenizerFile?, to vocabulary: Vocabulary) -> AddedVocabulary {
    var added = AddedVocabulary(to: vocabulary)
    for stated in file?.addedTokens ?? [] {
      added.add(stated.token)
      note(stated, at: added.number(of: stated.token.text))
    }
    let specials = configuration.specialTexts(modelType: modelType)
    let names = Set(specials.map(ExactName.init))
    for var token in laterTokens(file) {
      token.isSpecial = token.isSpecial || names.contains(ExactName(token.text))
      added.add(token)
    }
    let named = Set(SpecialRole.common.compactMap(configuration.text).map(ExactName.init))
    for text in specials where !added.holds(text) {
      if added.number(of: text) == nil {
        // The class of the tokenizer alone names it: without a place in the embeddings it is of no use.
        guard named.contains(ExactName(text)) else { continue }
        guard added.nextNumber < vocabularySize ?? TokenLimits.tokenCount else {
          warnings.append("\(text.quoted) has a role, but neither a number nor a place among the embeddings")
          continue
        }
      }
      added.add(AddedToken(text, isSpecial: true))
    }
    return added
  }

  /// The tokens that `tokenizer_config.json` adds, by number; where it is silent those of the older files.
  private func laterTokens(_ file: TokenizerFile?) -> [AddedToken] {
    if let decoder = configuration.decoder {
      return decoder.sorted { $0.number < $1.number }.map(\.token)
    }
    var tokens: [Int: AddedToken] = [:]
    let specials = Set(configuration.specialTexts(modelType: modelType).map(ExactName.init))
    for (number, text) in configuration.addedTokens {
      tokens[number] = AddedToken(text, isSpecial: specials.contains(ExactName(text)))
    }
    for stated in file?.addedTokens ?? [] {
      if let number = stated.number { tokens[number] = stated.token }
    }
    return tokens.sorted { $0.key < $1.key }.map(\.value)
  }

  private mutating func note(_ stated: TokenizerFile.StatedToken, at number: Int?) {
    guard let number, let own = stated.number, own != number else { return }
    warnings.append(
      "the added token \(stated.token.text.quoted) has the number \(number), not \(own): the vocabulary decides"
    )
  }
}
