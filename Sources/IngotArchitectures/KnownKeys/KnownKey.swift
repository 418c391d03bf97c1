/// A key that has a meaning by itself, with the types that its value can have.
///
/// Specification: `spec/metadata.md`, clause M6.
public struct KnownKey: Sendable, Hashable {
  /// The key; `{arch}` stands for the name of the architecture, `{id}` for a number, `{name}` for any word.
  public let pattern: String
  /// The types that its value can have, the usual one first.
  public let types: [ValueType]

  init(_ pattern: String, _ types: ValueType...) {
    self.pattern = pattern
    self.types = types
  }

  /// How near the type of a value comes to those of the key.
  public func likeness(of type: ValueType) -> ValueType.Likeness {
    types.map { type.likeness(to: $0) }.max() ?? .none
  }
}

extension KnownKey {
  /// Every known key, in the order of the specification.
  public static let all: [KnownKey] =
    general + sampling + sources + tokenizer + architecture + attention + other

  /// What is known of `key` in a file of `architecture`, or `nil`.
  ///
  /// - Complexity: O(*n*) in the length of the key.
  public static func of(_ key: String, architecture: String?) -> KnownKey? {
    // A key that looks like a pattern is none.
    if key.utf8.contains(UInt8(ascii: "{")) { return nil }
    if let known = byPattern[key] { return known }
    if let architecture, key.hasPrefix("\(architecture).") {
      return byPattern["{arch}" + key.dropFirst(architecture.utf8.count)]
    }
    var parts = key.split(separator: ".", omittingEmptySubsequences: false)
    if parts.count == 3, parts[0] == "tokenizer", parts[1] == "chat_template" {
      return byPattern["tokenizer.chat_template.{name}"]
    }
    guard parts.count > 2, parts[0] == "general", !parts[2].isEmpty,
      parts[2].utf8.allSatisfy({ (48...57).contains($0) })
    else { return nil }
    parts[2] = "{id}"
    return byPattern[parts.joined(separator: ".")]
  }

  private static let byPattern = Dictionary(uniqueKeysWithValues: all.map { ($0.pattern, $0) })
}
