import IngotContainer

/// Clause C3: version 2 is read, and writers have moved on.
enum OldVersion: ContainerHeaderRule {
  static let rule = Rule(
    "C3-OLD", .note, title: "A writer gives version 3.",
    mend: "Nothing needs to be done; converting it again gives version 3.")

  static func check(_ file: JudgedContainer, _ report: (Finding) -> Void) {
    guard file.examination.version < ContainerFormat.version else { return }
    report(
      Finding(
        rule, at: 4, found: "version \(file.examination.version)", expected: "\(ContainerFormat.version)"))
  }
}
