/// What the name of a model says of it, such as `mistralai/Mixtral-8x7B-Instruct-v0.1`.
///
/// Names are split at hyphens, and each part is taken for a version, a size, a fine-tune or a piece of the base name
/// by how it looks. It is a guess, the same that the reference converter makes.
///
/// Specification: `spec/metadata.md`, clause M13.
package struct ModelIdentifier: Sendable, Hashable {
  /// The name without its organization, as it is written.
  package private(set) var name: String
  /// The part before the slash, as it is written.
  package private(set) var organization: String?
  /// The family that the model is of.
  package private(set) var baseName: String?
  /// What it was tuned for.
  package private(set) var fineTune: String?
  /// The version, without that of the family.
  package private(set) var version: String?
  /// The size in short.
  package private(set) var sizeLabel: String?

  /// Takes a name apart.
  ///
  /// - Parameter parameters: The number of values of the model, by which a context length is told from a size; 0 where
  ///   it is not known.
  package init(_ identifier: String, parameters: Int) {
    name = identifier
    // Words with spaces between them are a title.
    if identifier.utf8.contains(UInt8(ascii: " ")) { return }
    if let slash = identifier.utf8.firstIndex(of: UInt8(ascii: "/")) {
      name = String(identifier[identifier.utf8.index(after: slash)...])
      let owner = String(identifier[..<slash])
      // `./` and `../` are folders.
      organization = owner.utf8.first == UInt8(ascii: ".") ? nil : owner
    }
    // By scalars: a combining mark after a hyphen would hide it in a split by characters.
    let texts = name.unicodeScalars.split(separator: "-").map { String(String.UnicodeScalarView($0)) }
    var parts = texts.enumerated().map { Part($1, isFirst: $0 == 0, parameters: parameters) }
    Self.dropWordsForSizes(of: &parts)
    Self.findBaseName(in: &parts)

    sizeLabel = parts.joined(without: true) { $0.roles.contains(.size) }
    fineTune = parts.joined { $0.roles.contains(.fineTune) }
    version = parts.joined { $0.roles.contains(.version) && !$0.roles.contains(.base) }
    // A name that says nothing but itself says nothing of a family.
    if sizeLabel != nil || fineTune != nil || version != nil {
      baseName = parts.joined { $0.roles.contains(.base) }
    }
  }

  /// Where a number states the size, `small` and the like do not.
  private static func dropWordsForSizes(of parts: inout [Part]) {
    let hasNumber = parts.contains { $0.roles.contains(.size) && $0.text.utf8.contains(where: \.isDigit) }
    guard hasNumber else { return }
    for index in parts.indices where parts[index].text.unicodeScalars.allSatisfy(\.isLetter) {
      parts[index].roles.remove(.size)
    }
  }

  /// The base name is the parts before the first that is something else, without the versions at its end.
  private static func findBaseName(in parts: inout [Part]) {
    var isAtStart = true
    for index in parts.indices {
      let isWord = parts[index].roles.isEmpty && parts[index].text.unicodeScalars.first?.isLetter == true
      isAtStart = isAtStart && (isWord || parts[index].roles.contains(.version))
      if isAtStart {
        parts[index].roles.insert(.base)
      } else if parts[index].roles.isEmpty {
        parts[index].roles.insert(.fineTune)
      }
    }
    for index in parts.indices.reversed() {
      guard parts[index].roles.contains(.base), parts[index].roles != .base else { break }
      parts[index].roles.remove(.base)
    }
  }
}

extension [ModelIdentifier.Part] {
  /// The texts of some parts with hyphens between them, or `nil` for none.
  fileprivate func joined(without repetitions: Bool = false, _ isWanted: (Element) -> Bool) -> String? {
    var texts: [String] = []
    var seen: Set<String> = []
    for part in self where isWanted(part) {
      if seen.insert(part.text).inserted || !repetitions { texts.append(part.text) }
    }
    return texts.isEmpty ? nil : texts.joined(separator: "-")
  }
}
