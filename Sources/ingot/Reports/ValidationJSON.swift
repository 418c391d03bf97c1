import IngotValidation

/// The machine form of a ``ValidationReport``: `spec/command.md`, clause K6.
struct ValidationJSON: Encodable {
  struct Subject: Encodable {
    let kind: String
    let name: String
  }

  struct Item: Encodable {
    let rule: String
    let clause: String
    let code: String
    let severity: Severity
    let level: ValidationLevel
    let offset: UInt64?
    let subject: Subject?
    let found: String
    let expected: String
    let title: String
    let mend: String
  }

  struct File: Encodable {
    let path: String
    let format: String
    let byteCount: UInt64?
    let valid: Bool
    let errors: Int
    let warnings: Int
    let notes: Int
    let findings: [Item]
    /// Findings beyond those that are listed, by rule.
    let omitted: [String: Int]
    let failure: Failure?
  }

  let level: ValidationLevel
  let valid: Bool
  let files: [File]

  init(_ report: ValidationReport) {
    level = report.level
    valid = report.verdicts.allSatisfy(\.isValid)
    files = report.verdicts.map { verdict in
      File(
        path: verdict.path.string, format: verdict.format.rawValue, byteCount: verdict.byteCount,
        valid: verdict.isValid, errors: verdict.count(of: .error), warnings: verdict.count(of: .warning),
        notes: verdict.count(of: .note), findings: verdict.findings.map(Item.init),
        omitted: Dictionary(uniqueKeysWithValues: verdict.omitted.map { ($0.key.id, $0.value) }),
        failure: verdict.failure.map { Failure($0) })
    }
  }
}

extension ValidationJSON.Item {
  init(_ finding: Finding) {
    rule = finding.rule.id
    clause = finding.rule.clause
    code = finding.rule.code
    severity = finding.rule.severity
    level = finding.rule.level
    offset = finding.offset
    subject = ValidationJSON.Subject(finding.subject)
    found = finding.found
    expected = finding.expected
    title = finding.rule.title
    mend = finding.rule.mend
  }
}

extension ValidationJSON.Subject {
  init?(_ subject: Finding.Subject) {
    switch subject {
    case .file: return nil
    case .key(let name): (self.kind, self.name) = ("key", name)
    case .tensor(let name): (self.kind, self.name) = ("tensor", name)
    case .shard(let name): (self.kind, self.name) = ("shard", name)
    }
  }
}

/// What `ingot validate --rules` lists.
struct RuleList {
  private struct Item: Encodable {
    let id: String
    let clause: String
    let code: String
    let severity: Severity
    let level: ValidationLevel
    let title: String
    let mend: String
  }

  func show(asJSON: Bool) throws {
    if asJSON {
      let items = Rule.all.map {
        Item(
          id: $0.id, clause: $0.clause, code: $0.code, severity: $0.severity, level: $0.level,
          title: $0.title,
          mend: $0.mend)
      }
      return print(try JSONText.of(items))
    }
    var table = Table(
      [("rule", .left), ("severity", .left), ("level", .left), ("what the clause wants", .left)],
      lastColumn: .wrapped)
    for rule in Rule.all {
      table.append(rule.id, rule.severity.rawValue, rule.level.rawValue, rule.title)
    }
    table.show()
  }
}
