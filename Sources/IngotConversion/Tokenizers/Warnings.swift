import IngotEncodings

/// What a person should know, as sentences without a full stop: a bounded number of them, for a file may give cause for millions.
struct Warnings {
  private(set) var texts: [String] = []
  private var leftOut = 0

  /// The most that are kept.
  static let limit = 50

  /// Adds a warning that is not there yet.
  mutating func append(_ text: String) {
    if texts.count >= Self.limit {
      leftOut += 1
    } else if !texts.contains(text) {
      texts.append(text)
    }
  }

  /// Adds those of another list.
  mutating func append(_ other: Warnings) {
    for text in other.texts { append(text) }
    leftOut += other.leftOut
  }

  /// The warnings, and last how many there are more.
  var all: [String] { leftOut == 0 ? texts : texts + ["\(leftOut.counted("more warning")) of the tokenizer"] }
}
