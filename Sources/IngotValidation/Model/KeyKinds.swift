import IngotArchitectures
import IngotContainer

/// Clause M6: a known key has a value of its kind.
enum KeyKinds: ContainerHeaderRule {
  static let rule = Rule(
    "M6-SCHEMA", title: "The value of a known key is of the kind that the key calls for.",
    mend: "Write the value with the type of the table in spec/architectures.md, or remove the key.")

  static func check(_ file: JudgedContainer, _ report: (Finding) -> Void) {
    file.examination.metadata.report(rule, where: .none, report)
  }
}

extension Metadata {
  /// Reports the values of known keys whose types are so near to those of their keys.
  ///
  /// Keys that other clauses are about, the alignment and those of split sets, are left out.
  func report(_ rule: Rule, where likeness: ValueType.Likeness, _ report: (Finding) -> Void) {
    var architecture: String?
    if case .string(let name)? = self[JudgedModel.architectureKey] { architecture = name }
    for (key, value) in self {
      guard let known = KnownKey.of(key, architecture: architecture), !Self.isJudgedElsewhere(key),
        known.likeness(of: value.valueType) == likeness
      else { continue }
      report(
        Finding(
          rule, at: offset(of: key), .key(key), found: value.valueType.description,
          expected: known.types.map(\.description).joined(separator: " or ")))
    }
  }

  /// Whether clause C8 or C23 says what is to be said.
  private static func isJudgedElsewhere(_ key: String) -> Bool {
    key == ContainerFormat.alignmentKey || key.hasPrefix("split.")
  }
}
