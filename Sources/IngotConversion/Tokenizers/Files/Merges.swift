import IngotCheckpoints
import IngotContainer

/// The pairs of tokens that become one, in the order in which that is tried.
///
/// Specification: `spec/tokenizers.md`, clause T6.
enum Merges {
  /// The file of merges beside a `vocab.json`.
  static let name = "merges.txt"

  /// Reads an array of texts, or of pairs of texts.
  static func read(_ json: inout JSONReader) throws -> [String] {
    var merges: [String] = []
    try json.expect(.beginArray, "the array of merges")
    while true {
      switch try json.next() {
      case .endArray: return merges
      case .string: merges.append(json.textString)
      case .beginArray:
        try json.expect(.string, "the first token of a merge")
        var pair = escaped(json.text)
        try json.expect(.string, "the second token of a merge")
        pair += " " + escaped(json.text)
        try json.expect(.endArray, "two tokens of a merge")
        merges.append(pair)
      case let token: throw json.mismatch(token, expected: "a merge")
      }
      guard merges.count <= TokenLimits.mergeCount else {
        throw JSONError(
          .limit, at: json.offset, found: "more merges", expected: "at most \(TokenLimits.mergeCount)")
      }
    }
  }

  /// The text with each space as the letter that stands for the byte of a space, so that one space parts the pair.
  private static func escaped(_ text: [UInt8]) -> String {
    let plain = String(decoding: text, as: UTF8.self)
    return text.contains(0x20) ? plain.replacing(" ", with: "\u{120}") : plain
  }

  /// Reads `merges.txt`: two tokens a line; the first line is passed if it begins with `#`.
  static func read(_ folder: ModelFolder, warnings: inout Warnings) throws -> [String] {
    guard let text = try folder.text(of: name) else { return [] }
    var merges: [String] = []
    // Scalars, for a letter of the alphabet may combine with the space before it.
    let lines = text.replacing("\r\n", with: "\n").unicodeScalars.split(omittingEmptySubsequences: false) {
      $0 == "\n" || $0 == "\r"
    }
    for (index, line) in lines.enumerated() {
      let parts = line.split(maxSplits: 3) { $0.properties.isWhitespace }
      guard let first = parts.first, index > 0 || first.first != "#" else { continue }
      guard parts.count == 2 else {
        warnings.append("line \(index + 1) of merges.txt is no pair of tokens and was left out")
        continue
      }
      guard merges.count < TokenLimits.mergeCount else {
        throw CheckpointError(
          .limit, folder.path(of: name), found: "more merges", expected: "at most \(TokenLimits.mergeCount)")
      }
      merges.append("\(Substring(parts[0])) \(Substring(parts[1]))")
    }
    return merges
  }
}
