/// Clause M6: a known key has a value of its width and sign.
enum KeyWidths: ContainerHeaderRule {
  static let rule = Rule(
    "M6-WIDTH", .warning, title: "The value of a known key has the width and sign that the key calls for.",
    mend: "Write the value with the type of the table in spec/architectures.md: some readers insist on it.")

  static func check(_ file: JudgedContainer, _ report: (Finding) -> Void) {
    file.examination.metadata.report(rule, where: .kind, report)
  }
}
