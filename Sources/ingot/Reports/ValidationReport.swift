import IngotValidation
import SystemPackage

/// What `ingot validate` says of files.
struct ValidationReport {
  let level: ValidationLevel
  private(set) var verdicts: [FileVerdict] = []

  init(level: ValidationLevel) { self.level = level }

  /// Adds verdicts; a file that was named twice, or with its set, has one.
  mutating func append(_ new: [FileVerdict]) {
    let known = Set(verdicts.map(\.path))
    verdicts += new.filter { !known.contains($0.path) }
  }

  /// The exit status, unless all files are valid.
  var failureStatus: Failure.Status? {
    let failures = verdicts.compactMap { $0.failure.map { Failure($0).status } }
    if let failure = failures.first(where: { $0 != .refusedInput }) { return failure }
    return verdicts.allSatisfy(\.isValid) ? nil : .refusedInput
  }

  func show(_ format: ValidationFormat) throws {
    switch format {
    case .text: showText()
    case .json: print(try JSONText.of(ValidationJSON(self)))
    case .sarif: print(try JSONText.of(SARIFLog(self)))
    }
  }

  private func showText() {
    for (index, verdict) in verdicts.enumerated() {
      if index > 0, !verdict.findings.isEmpty || verdict.failure != nil { print() }
      show(verdict)
    }
    if verdicts.count > 1 {
      let invalid = verdicts.count { !$0.isValid }
      print(
        invalid == 0
          ? "\n\(verdicts.count == 2 ? "both" : "all \(Format.count(verdicts.count))") files are valid"
          : "\n\(invalid) of \(Format.count(verdicts.count, "file")) not valid")
    }
  }

  private func show(_ verdict: FileVerdict) {
    if let failure = verdict.failure {
      print("\(verdict.path.string.escaped): not judged")
      print("  \(Failure(failure).message.escaped)")
      return
    }
    print("\(verdict.path.string.escaped): \(Self.summary(of: verdict))")
    for finding in verdict.findings { show(finding) }
    for (rule, count) in verdict.omitted.sorted(by: { $0.key.id < $1.key.id }) {
      print("  \(rule.severity.rawValue) \(rule.id): \(count) more")
    }
  }

  private func show(_ finding: Finding) {
    let rule = finding.rule
    let place = finding.offset.map { " at byte \($0)" } ?? ""
    print("  \(rule.severity.rawValue) \(rule.id)\(place)\(finding.subject.phrase)")
    print("    found  \(finding.found.escaped)")
    print("    wanted \(finding.expected.escaped)")
    print("    rule   \(rule.title)")
    print("    mend   \(rule.mend)")
  }

  /// A file in a few words: `valid, 2 warnings`.
  private static func summary(of verdict: FileVerdict) -> String {
    let counts = Severity.allCases.reversed().compactMap { severity -> String? in
      let count = verdict.count(of: severity)
      return count == 0 ? nil : Format.count(count, severity.rawValue)
    }
    let kind = verdict.format == .unknown ? "" : " \(verdict.format.rawValue)"
    return (["\(verdict.isValid ? "valid" : "not valid")\(kind)"] + counts).joined(separator: ", ")
  }
}
