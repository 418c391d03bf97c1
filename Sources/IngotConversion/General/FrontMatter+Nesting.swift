extension FrontMatter {
  /// The most columns at which lines, or the items within one, begin.
  static let maximumColumnCount = 64
  /// The most lists and mappings in brackets.
  static let maximumBracketCount = 200

  /// Refuses what could be nested deeper than the stack of a small thread takes, since the parser recurses.
  ///
  /// Lists and mappings in lines stand in columns of their own, further right the deeper they are, but for a list that
  /// stands in the column of its key; so columns bound their depth. Those in brackets are bounded by their number: where
  /// one ends is not known without knowing quotes.
  static func checkNesting(_ bytes: [UInt8]) throws(Problem) {
    var columns: Set<Int> = []
    var brackets = 0
    var scan = TokenScan()
    for (index, byte) in bytes.enumerated() {
      let next = index + 1 < bytes.count ? bytes[index + 1] : UInt8(ascii: "\n")
      if let column = scan.columnOfItem(byte, next: next) { columns.insert(column) }
      let isBracket = byte == UInt8(ascii: "[") || byte == UInt8(ascii: "{")
      if isBracket && scan.mayBeginToken { brackets += 1 }
      scan.pass(byte)
      guard columns.count <= maximumColumnCount, brackets <= maximumBracketCount else {
        throw Problem("its front matter could be nested too deeply")
      }
    }
  }
}

/// Where tokens of YAML may begin in a text, seen without knowledge of quotes and comments: at more places than they do.
struct TokenScan {
  /// The last byte.
  private(set) var previous = UInt8(ascii: "\n")
  /// The last byte that is no space, or the end of the line before.
  private(set) var previousVisible = UInt8(ascii: "\n")
  /// The number of bytes before this one on its line.
  private var column = 0
  /// Whether nothing but spaces, signs of items, tags and anchors stood before on this line.
  private var isInIndentation = true
  /// Whether the last word is a tag or an anchor.
  private var isAfterProperty = false

  /// Whether the byte that follows may begin a token that is not within a word.
  var mayBeginToken: Bool {
    if isAfterProperty && previous == UInt8(ascii: " ") { return true }
    switch previousVisible {
    case UInt8(ascii: "\n"), UInt8(ascii: "-"), UInt8(ascii: "?"), UInt8(ascii: ":"), UInt8(ascii: ","),
      UInt8(ascii: "["), UInt8(ascii: "{"):
      return true
    default: return false
    }
  }

  /// The column of this byte, if an item of a list or mapping in lines may begin at it.
  func columnOfItem(_ byte: UInt8, next: UInt8) -> Int? {
    guard isInIndentation, byte != UInt8(ascii: " "), byte != UInt8(ascii: "\n") else { return nil }
    let begins = previous == UInt8(ascii: " ") || previous == UInt8(ascii: "\n")
    return begins ? column : nil
  }

  /// Goes past a byte.
  mutating func pass(_ byte: UInt8) {
    if byte == UInt8(ascii: "\n") {
      self = TokenScan()
      return
    }
    column += 1
    if byte != UInt8(ascii: " ") {
      let beginsWord = !previous.isOfName
      let beginsProperty = beginsWord && (byte == UInt8(ascii: "&") || byte == UInt8(ascii: "!"))
      let continuesProperty = isAfterProperty && previous != UInt8(ascii: " ")
      isAfterProperty = beginsProperty || continuesProperty
      isInIndentation = isInIndentation && (isAfterProperty || byte.isSignOfItem)
      previousVisible = byte
    }
    previous = byte
  }
}

extension UInt8 {
  /// Whether it may stand in the name of an anchor.
  var isOfName: Bool {
    switch self {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "_"), UInt8(ascii: "-"):
      true
    default: false
    }
  }

  /// Whether it begins an item of a list, a key or a value.
  fileprivate var isSignOfItem: Bool {
    self == UInt8(ascii: "-") || self == UInt8(ascii: "?") || self == UInt8(ascii: ":")
  }
}
