/// A tensor's name, and the numbers in it that say which block and which expert it belongs to.
struct NumberedName: Sendable {
  private let parts: [Substring]
  private let places: [Int]
  /// The numbers that stand between dots, the first two of them.
  let numbers: [Int]

  init(_ name: String) {
    // What only looks like a placeholder stands for no number: in braces of its own it is part of no pattern.
    parts = name.split(separator: ".", omittingEmptySubsequences: false).map {
      Self.placeholders.contains($0) ? "{\($0)}" : $0
    }
    var found: [(place: Int, number: Int)] = []
    for (place, part) in parts.enumerated() where found.count < 2 {
      if let number = Self.number(part) { found.append((place, number)) }
    }
    places = found.map(\.place)
    numbers = found.map(\.number)
  }

  /// The name with `{block}` for the first number and `{expert}` for the second.
  var pattern: String { replacing(Self.placeholders) }

  /// The name with `*` for the second number.
  var withoutSecondNumber: String { replacing([numbers.first.map { "\($0)" } ?? "", "*"]) }

  /// A pattern with these numbers in it.
  func filled(_ pattern: String) -> String {
    guard let block = numbers.first, let place = pattern.firstRange(of: "{block}") else { return pattern }
    return pattern.replacingCharacters(in: place, with: "\(block)")
  }

  private static let placeholders: [Substring] = ["{block}", "{expert}"]

  private func replacing(_ words: [Substring]) -> String {
    var parts = parts
    for (place, word) in zip(places, words) { parts[place] = word }
    return parts.joined(separator: ".")
  }

  /// A number in its only form: digits without a zero in front.
  private static func number(_ part: Substring) -> Int? {
    guard let number = Int(part), number >= 0, part == "\(number)" else { return nil }
    return number
  }
}

extension String {
  func firstRange(of part: String) -> Range<String.Index>? { ranges(of: part).first }

  func replacingCharacters(in range: Range<String.Index>, with text: String) -> String {
    self[..<range.lowerBound] + text + self[range.upperBound...]
  }
}
