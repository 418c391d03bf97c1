/// A name of a model as people write it: words with capitals.
///
/// Specification: `spec/metadata.md`, clause M13.5.
enum Title {
  /// The title of a name: hyphens become spaces, and words in lower case get capitals, except versions and numbers.
  static func of(_ name: String) -> String {
    name.unicodeScalars.split { $0 == "-" || $0.properties.isWhitespace }
      .map { word(String(String.UnicodeScalarView($0))) }
      .joined(separator: " ")
  }

  private static func word(_ word: String) -> String {
    let scalars = word.unicodeScalars
    let hasCapital = scalars.contains { $0.properties.isUppercase || $0.isTitlecase }
    guard !hasCapital, scalars.contains(where: \.properties.isLowercase), !isNumbered(word) else {
      return word
    }
    var result = ""
    var isInWord = false
    for scalar in scalars {
      result += isInWord ? scalar.properties.lowercaseMapping : scalar.properties.titlecaseMapping
      isInWord = scalar.properties.isLowercase || scalar.properties.isUppercase || scalar.isTitlecase
    }
    return result
  }

  /// Whether a word begins with a digit, or is like `v0.1`.
  private static func isNumbered(_ word: String) -> Bool {
    var bytes = word.utf8[...]
    if bytes.first?.isDigit == true { return true }
    guard bytes.popFirst() == UInt8(ascii: "v") else { return false }
    let numbers = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    return numbers.allSatisfy { !$0.isEmpty && $0.allSatisfy(\.isDigit) }
  }
}

extension Unicode.Scalar {
  /// Whether it is a letter of any script.
  var isLetter: Bool {
    switch properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: true
    default: false
    }
  }

  fileprivate var isTitlecase: Bool { properties.generalCategory == .titlecaseLetter }
}
