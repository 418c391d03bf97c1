import IngotEncodings

extension FrontMatter {
  /// The most aliases (`*name`) of a front matter that has anchors (`&name`).
  static let maximumAliasCount = 16

  /// Refuses what could make a parser work without end, before there is one at work.
  ///
  /// An alias stands for the value at its anchor, and values that hold aliases grow with each level. A parser that
  /// builds nodes shares them, but to find repeated keys it looks at a key as a whole, all that its aliases stand for
  /// included, and so at keys in keys again and again. Model cards have no such keys, and hardly ever an alias.
  ///
  /// The check looks at bytes and does not know quotes, so that it can take words of a text for what it looks for.
  static func checkAliases(_ bytes: [UInt8]) throws(Problem) {
    var scan = AliasScan()
    for (index, byte) in bytes.enumerated() {
      scan.take(byte, next: index + 1 < bytes.count ? bytes[index + 1] : UInt8(ascii: "\n"))
    }
    guard scan.hasAnchor, scan.aliasCount > 0 else { return }
    guard scan.aliasCount <= maximumAliasCount else {
      throw Problem("its front matter has more than \(maximumAliasCount.counted("alias", plural: "aliases"))")
    }
    guard !scan.hasKeyOfValues else {
      throw Problem("its front matter has aliases, and a key that is no text")
    }
  }
}

/// What a text has that is about aliases.
private struct AliasScan {
  var hasAnchor = false
  var aliasCount = 0
  /// Whether a list, a mapping or an alias stood before a colon, or `?` where a key can begin.
  var hasKeyOfValues = false

  private var tokens = TokenScan()
  /// Whether an alias began, and nothing but its name and spaces followed.
  private var isInAlias = false

  mutating func take(_ byte: UInt8, next: UInt8) {
    let previous = tokens.previous
    // Not within a word, as in `R&D`, and not in `**bold**`.
    let mayBeginName = next.isOfName && (previous == UInt8(ascii: "-") || !previous.isOfName)
    switch byte {
    case UInt8(ascii: "*") where mayBeginName && previous != UInt8(ascii: "*"):
      aliasCount += 1
      isInAlias = true
    case UInt8(ascii: "&") where mayBeginName:
      hasAnchor = true
      isInAlias = false
    case UInt8(ascii: "?")
    where tokens.mayBeginToken && (next == UInt8(ascii: " ") || next == UInt8(ascii: "\n")):
      hasKeyOfValues = true
    case UInt8(ascii: ":"):
      let last = tokens.previousVisible
      hasKeyOfValues =
        hasKeyOfValues || isInAlias || last == UInt8(ascii: "]") || last == UInt8(ascii: "}")
      isInAlias = false
    case UInt8(ascii: " "): break
    default: isInAlias = isInAlias && byte.isOfName
    }
    tokens.pass(byte)
  }
}
