/// Text in columns of a terminal.
extension String {
  /// The characters of a text without control characters.
  var columnCount: Int {
    // Most text by far: no look for what belongs together.
    utf8.allSatisfy { $0 < 0x80 } ? utf8.count : count
  }

  /// Pads the text to `width`; of one that is longer leaves out the middle, if it may be cut: names differ at both ends.
  func fitted(to width: Int, isRight: Bool, isCut: Bool) -> String {
    let ownWidth = columnCount
    guard ownWidth <= width else {
      guard isCut else { return self }
      let tail = (width - 1) / 2
      return prefix(width - 1 - tail) + "…" + suffix(tail)
    }
    let space = String(repeating: " ", count: width - ownWidth)
    return isRight ? space + self : self + space
  }

  /// The text in lines of at most `width` characters, parted at spaces; a word that is longer is parted anywhere.
  ///
  /// - Precondition: The width is positive.
  func wrapped(to width: Int) -> [String] {
    precondition(width > 0, "a line needs a column")
    var lines: [String] = []
    var rest = self[...]
    while let end = rest.index(rest.startIndex, offsetBy: width, limitedBy: rest.endIndex),
      end < rest.endIndex
    {
      // A space that follows the last column ends the line as well.
      let space = rest[...end].lastIndex(of: " ").flatMap { $0 > rest.startIndex ? $0 : nil }
      lines.append(String(rest[..<(space ?? end)]).trimmingEnd())
      rest = rest[(space ?? end)...].drop { $0 == " " }
    }
    return rest.isEmpty && !lines.isEmpty ? lines : lines + [String(rest)]
  }

  /// The text without spaces at its end.
  func trimmingEnd() -> String {
    var text = self[...]
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}
