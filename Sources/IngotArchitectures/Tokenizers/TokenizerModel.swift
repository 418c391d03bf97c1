/// A way to cut text into tokens, by the name that `tokenizer.ggml.model` gives.
///
/// Specification: `spec/metadata.md`, clause M10.
public struct TokenizerModel: Sendable, Hashable {
  /// The name, such as `gpt2`.
  public let name: String
  /// What it is.
  public let about: String
  /// The keys without which it cannot cut text.
  public let required: [String]
  /// The keys without which readers guess.
  public let expected: [String]

  /// All that this release knows, in the order of the specification.
  public static let all: [TokenizerModel] = [
    TokenizerModel(
      name: "llama", about: "SentencePiece, pairs by score", required: [tokens, scores], expected: [types]),
    TokenizerModel(
      name: "gpt2", about: "byte pairs by merges", required: [tokens, merges], expected: [types, pre]),
    TokenizerModel(
      name: "gemma4", about: "pairs by merges, without an alphabet of bytes", required: [tokens, merges],
      expected: [types]),
    TokenizerModel(name: "bert", about: "WordPiece", required: [tokens], expected: [types]),
    TokenizerModel(
      name: "t5", about: "SentencePiece, unigrams by score", required: [tokens, scores], expected: [types]),
    TokenizerModel(name: "rwkv", about: "the longest match", required: [tokens], expected: [types]),
    TokenizerModel(
      name: "plamo2", about: "PLaMo 2, the cheapest way by score", required: [tokens, scores],
      expected: [types]),
    TokenizerModel(name: "none", about: "no vocabulary", required: [], expected: []),
    TokenizerModel(name: "no_vocab", about: "no vocabulary", required: [], expected: []),
  ]

  /// The model called `name`; `nil` where this release does not know it.
  public static func named(_ name: String) -> TokenizerModel? { all.first { $0.name == name } }

  /// The key that names the model.
  public static let key = "tokenizer.ggml.model"
  /// The key of the words of the vocabulary.
  public static let tokens = "tokenizer.ggml.tokens"
  /// The key with the score of each token.
  public static let scores = "tokenizer.ggml.scores"
  /// The key with the type of each token.
  public static let types = "tokenizer.ggml.token_type"
  /// The key of the merges.
  public static let merges = "tokenizer.ggml.merges"
  /// The key that says how text is cut into words first.
  public static let pre = "tokenizer.ggml.pre"
  /// The key of the template that turns a conversation into text.
  public static let chatTemplate = "tokenizer.chat_template"
}
