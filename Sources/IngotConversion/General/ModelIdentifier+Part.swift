extension ModelIdentifier {
  /// A piece of a name between hyphens, and what it is taken for.
  struct Part {
    /// The piece, in the form that goes into the metadata.
    var text: String
    /// What it is; nothing for a word that tells nothing by itself.
    var roles: Roles = []

    /// What a piece can be, also more than one at a time.
    struct Roles: OptionSet {
      let rawValue: UInt8
      static let base = Roles(rawValue: 1)
      static let size = Roles(rawValue: 2)
      static let fineTune = Roles(rawValue: 4)
      static let version = Roles(rawValue: 8)
      static let encoding = Roles(rawValue: 16)
    }

    /// Looks at a piece.
    init(_ text: String, isFirst: Bool, parameters: Int) {
      self.text = text
      var scanner = PartScanner(text)
      if scanner.isVersion {
        roles = .version
      } else if scanner.isEncoding {
        roles = .encoding
        self.text = text.uppercased()
      } else if !isFirst {
        if scanner.isSize {
          setSize(parameters: parameters)
        } else if scanner.isWord(of: ["chat", "instruct", "vision", "lora"]) {
          roles = .fineTune
        }
      }
    }

    /// Brings a size into its usual form, and finds the lengths of contexts among them.
    private mutating func setSize(parameters: Int) {
      roles = .size
      var characters = text.map { $0 == "_" ? "." : $0 }
      // `7b1` is 7.1 billion.
      if let last = characters.last, last.isNumber, characters.count >= 2 {
        characters.replaceSubrange(
          (characters.count - 2)..., with: [".", last, characters[characters.count - 2]])
      }
      if characters.count > 1, characters[characters.count - 2].isNumber, let last = characters.last {
        characters[characters.count - 1] = Character(last.uppercased())
      }
      text = String(characters)
      guard parameters > 0, let letter = characters.last, let power = Self.powers[letter] else { return }
      guard let number = Double(String(characters.dropLast())) else { return }
      // 7/8 rounded down, in a form that cannot overflow.
      let tolerance = parameters - parameters / 8 - (parameters % 8 == 0 ? 0 : 1)
      guard (number * power - Double(parameters)).magnitude > Double(tolerance) else { return }
      roles = .fineTune
      characters[characters.count - 1] = Character(letter.lowercased())
      text = String(characters)
    }

    private static let powers: [Character: Double] = ["K": 1e3, "M": 1e6, "B": 1e9, "T": 1e12]
  }
}

/// Compares a piece of a name with the forms that pieces have, without regard to case.
private struct PartScanner {
  private let bytes: [UInt8]
  private var position = 0

  init(_ text: String) { bytes = text.lowercased().utf8.map { $0 } }

  /// Whether it is like `v0.1`, `2.5` or `iter3`.
  var isVersion: Bool {
    mutating get {
      position = 0
      if !skip("iter") { skip("v") }
      guard skipDigits() else { return false }
      while skip(".") { guard skipDigits() else { return false } }
      return isAtEnd
    }
  }

  /// Whether it is like `q4_k_m`, `bf16` or `fp32`.
  var isEncoding: Bool {
    mutating get {
      position = 0
      skip("i")
      if skip("q"), skipDigit() {
        while skip("_") { guard skipWordCharacter() else { return false } }
        return isAtEnd
      }
      position = 0
      skip("b")
      guard skip("f") else { return false }
      skip("p")
      return (skip("16") || skip("32")) && isAtEnd
    }
  }

  /// Whether it is like `7b`, `8x22B`, `A3B`, `0_5b`, `7b1` or `large`.
  var isSize: Bool {
    mutating get {
      if isWord(of: ["small", "mini", "medium", "large", "xl", "xxl"]) { return true }
      position = 0
      if !skip("a") {
        // Digits before an `x` are a number of experts, and others the size itself.
        if !(skipDigits() && skip("x")) { position = 0 }
      }
      guard skipDigits() else { return false }
      if skip(".") || skip("_") { guard skipDigits() else { return false } }
      guard skip("k") || skip("m") || skip("b") || skip("t") else { return false }
      skipDigit()
      return isAtEnd
    }
  }

  /// Whether it is one of these words.
  func isWord(of words: [String]) -> Bool { words.contains { bytes.elementsEqual($0.utf8) } }

  private var isAtEnd: Bool { position == bytes.count }

  @discardableResult private mutating func skip(_ text: StaticString) -> Bool {
    let isNext = text.withUTF8Buffer { bytes[position...].starts(with: $0) }
    if isNext { position += text.utf8CodeUnitCount }
    return isNext
  }

  @discardableResult private mutating func skipDigit() -> Bool {
    guard position < bytes.count, bytes[position].isDigit else { return false }
    position += 1
    return true
  }

  private mutating func skipDigits() -> Bool {
    let start = position
    while skipDigit() {}
    return position > start
  }

  private mutating func skipWordCharacter() -> Bool {
    guard position < bytes.count else { return false }
    switch bytes[position] {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "_"):
      break
    default: return false
    }
    position += 1
    return true
  }
}

extension UInt8 {
  /// Whether it is an ASCII digit.
  var isDigit: Bool { self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") }
}
