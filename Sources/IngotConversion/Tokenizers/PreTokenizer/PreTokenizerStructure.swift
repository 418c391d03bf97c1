import IngotCheckpoints
import IngotContainer

/// How a tokenizer cuts a text into words before it joins pairs, as the steps that `tokenizer.json` lists.
///
/// Specification: `spec/tokenizers.md`, clause T12.
struct PreTokenizerStructure: Sendable, Hashable {
  /// One step.
  enum Step: Sendable, Hashable {
    /// Cuts where a pattern matches, and what matches is a word as well.
    case split(String)
    /// Cuts where a pattern matches, in another way, which the name says.
    case splitOtherwise(String, String)
    /// Cuts numbers off: each digit by itself, or all of a number together.
    case digits(each: Bool)
    /// Cuts punctuation off, in the way that the name says.
    case punctuation(String)
    /// Writes bytes as letters, and cuts before that as GPT-2 does, if it says so.
    case bytes(cutting: Bool)
    /// Another, by its name.
    case other(String)
  }

  /// The steps in order; those of sequences in their places.
  let steps: [Step]

  init(_ steps: [Step]) { self.steps = steps }

  /// Reads the `pre_tokenizer` of `tokenizer.json`; without one there are no steps.
  init(_ tree: JSONTree?) { steps = tree.map { Self.steps($0, depth: 0) } ?? [] }

  private static func steps(_ tree: JSONTree, depth: Int) -> [Step] {
    let type = tree["type"]?.string ?? "a step without a type"
    switch type {
    case "Sequence":
      guard depth < 8 else { return [.other("a sequence nested too deep")] }
      return tree["pretokenizers"]?.elements?.flatMap { steps($0, depth: depth + 1) } ?? []
    case "Split": return [split(tree)]
    case "Digits": return [.digits(each: tree["individual_digits"]?.boolean ?? false)]
    case "Punctuation": return [.punctuation(tree["behavior"]?.string ?? "Isolated")]
    case "ByteLevel": return [.bytes(cutting: tree["use_regex"]?.boolean ?? true)]
    default: return [.other(type)]
    }
  }

  private static func split(_ tree: JSONTree) -> Step {
    let pattern: String
    if let expression = tree["pattern"]?["Regex"]?.string {
      pattern = plain(expression)
    } else if let text = tree["pattern"]?["String"]?.string {
      return .splitOtherwise(text, "text")
    } else {
      return .other("Split")
    }
    let behaviour = tree["behavior"]?.string ?? "Isolated"
    // To remove all that does not match is to keep all that does, which is the same for a pattern that covers any text.
    return switch (behaviour, tree["invert"]?.boolean ?? false) {
    case ("Isolated", _), ("Removed", true): .split(pattern)
    case (let behaviour, let isInverted):
      .splitOtherwise(pattern, behaviour + (isInverted ? " inverted" : ""))
    }
  }

  /// The expression in one of the ways to write it: line ends and tabulators as escapes, contractions without their cases.
  private static func plain(_ expression: String) -> String {
    let contractions = KnownPreTokenizer.contractions
    return [("\r", "\\r"), ("\n", "\\n"), ("\t", "\\t"), (contractions.spelt, contractions.plain)]
      .reduce(expression) { $0.replacingBytes(of: $1.0, with: $1.1) }
  }
}

extension PreTokenizerStructure: CustomStringConvertible {
  /// How many steps a message shows.
  private static let shownCount = 10

  /// One line, safe to print.
  var description: String {
    guard !steps.isEmpty else { return "no steps" }
    let rest = steps.count > Self.shownCount ? ["\(steps.count - Self.shownCount) more"] : []
    return (steps.prefix(Self.shownCount).map(\.description) + rest).joined(separator: ", ")
  }
}

extension PreTokenizerStructure.Step: CustomStringConvertible {
  var description: String {
    switch self {
    case .split(let pattern): "split \(pattern.quoted(limit: 300))"
    case .splitOtherwise(let pattern, let way): "split \(pattern.quoted(limit: 300)) \(way.quoted)"
    case .digits(let each): each ? "each digit" : "numbers"
    case .punctuation(let behaviour): "punctuation \(behaviour.quoted)"
    case .bytes(let cuts): cuts ? "bytes, cutting as GPT-2" : "bytes"
    case .other(let name): name.quoted
    }
  }
}
