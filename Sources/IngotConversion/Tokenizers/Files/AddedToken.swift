import IngotCheckpoints

/// A piece that was added to a vocabulary after it was made, as `tokenizer.json` and `tokenizer_config.json` describe it.
struct AddedToken: Sendable, Hashable {
  /// The text, as it is written.
  var text: String
  /// Whether it is a sign to the model, which text cannot contain.
  var isSpecial: Bool
  /// Whether it is looked for in text after the normalizer, and not before it.
  var isNormalized: Bool

  init(_ text: String, isSpecial: Bool, isNormalized: Bool? = nil) {
    self.text = text
    self.isSpecial = isSpecial
    self.isNormalized = isNormalized ?? !isSpecial
  }

  /// The piece that an object describes; `nil` where it has no text.
  init?(_ tree: JSONTree) {
    guard let text = tree["content"]?.string else { return nil }
    self.init(
      text, isSpecial: tree["special"]?.boolean ?? false, isNormalized: tree["normalized"]?.boolean)
  }
}
