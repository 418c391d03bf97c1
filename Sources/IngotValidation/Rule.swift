import IngotCheckpoints
import IngotContainer

/// Something that the specification wants of a file.
///
/// Specification: `spec/conformance.md` lists all rules.
public struct Rule: Sendable, Hashable {
  /// The stable id: the clause and the code, such as `C6-KEY`.
  public let id: String
  /// How bad it is to break the rule.
  public let severity: Severity
  /// The level at which the rule is judged.
  public let level: ValidationLevel
  /// What the clause wants, in one sentence.
  public let title: String
  /// What to do with a file that breaks the rule.
  public let mend: String

  /// The clause of `spec/`, such as `C6`.
  public var clause: String { String(id.prefix { $0 != "-" }) }
  /// The code of the error that a reader gives, or a word for what is unusual.
  public var code: String { String(id.drop { $0 != "-" }.dropFirst()) }

  /// Makes a rule of the specification.
  init(
    _ id: String, _ severity: Severity = .error, at level: ValidationLevel = .structure, title: String,
    mend: String
  ) {
    self.id = id
    self.severity = severity
    self.level = level
    self.title = title
    self.mend = mend
  }

  /// Two rules are the same if their ids are.
  public static func == (left: Self, right: Self) -> Bool { left.id == right.id }

  /// Hashes the id.
  public func hash(into hasher: inout Hasher) { hasher.combine(id) }
}

extension Rule {
  /// All rules, in the order of the specification.
  public static let all: [Rule] =
    (ContainerRule.judged.map(\.rule) + ContainerRules.all.map { $0.rule }
    + ContainerRules.ofSets + DataRules.all + SafeTensorsRule.allCases.map(\.rule) + SafeTensorsRules.all
    + ModelRules.all.map { $0.rule })
    .sorted { $0.place < $1.place }

  /// The rule of that id, or `nil`.
  public init?(id: String) {
    guard let rule = Self.all.first(where: { $0.id == id }) else { return nil }
    self = rule
  }

  /// Page, number of the clause and code, for sorting.
  fileprivate var place: (page: Int, clause: Int, part: Int, code: String) {
    let page = Array("CESM").firstIndex(of: clause.first ?? " ")
    let numbers = clause.dropFirst().split(separator: ".").map { Int($0) ?? 0 }
    return (page ?? 9, numbers.first ?? 0, numbers.dropFirst().first ?? 0, code)
  }
}
