/// What a token is, by the number that `tokenizer.ggml.token_type` gives.
///
/// Specification: `spec/metadata.md`, clause M10.
public enum TokenType: Int32, CaseIterable, Sendable, Hashable {
  /// A piece of text.
  case normal = 1
  /// What stands for text that the vocabulary lacks.
  case unknown = 2
  /// A sign to the model, which text cannot contain.
  case control = 3
  /// A piece that somebody added to the vocabulary.
  case userDefined = 4
  /// A piece that is not used.
  case unused = 5
  /// A byte of text that no other token covers.
  case byte = 6
}
