extension String {
  /// The text with what could steer a terminal, or make a line read as something else, escaped: control characters,
  /// ends of lines, and characters without a shape of their own, such as those that turn the direction of writing.
  package var escaped: String {
    guard unicodeScalars.contains(where: \.isInvisible) else { return self }
    return unicodeScalars.reduce(into: "") { $0 += $1.isInvisible ? $1.escape : String($1) }
  }

  /// The text in quotes, escaped and cut to a readable length, for messages.
  package var quoted: String { quoted(limit: 100) }

  /// The text in quotes, escaped; after `limit` scalars `…` stands for the rest.
  package func quoted(limit: Int) -> String {
    let cut = unicodeScalars.prefix(limit)
    let text = cut.reduce(into: "") {
      $0 += $1 == "\"" || $1 == "\\" ? "\\\($1)" : $1.isInvisible ? $1.escape : String($1)
    }
    return "\"\(text)\"" + (cut.endIndex == unicodeScalars.endIndex ? "" : "…")
  }
}

extension Unicode.Scalar {
  fileprivate var isInvisible: Bool {
    // Most text by far: no look into the tables of Unicode.
    if isASCII { return value < 0x20 || value == 0x7F }
    switch properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: return true
    default: return false
    }
  }

  fileprivate var escape: String {
    switch self {
    case "\n": "\\n"
    case "\r": "\\r"
    case "\t": "\\t"
    case "\0": "\\0"
    default: "\\u{\(String(value, radix: 16, uppercase: true))}"
    }
  }
}
