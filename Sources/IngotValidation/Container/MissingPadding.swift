import IngotEncodings

/// Clause C20: some writers leave the last padding off.
enum MissingPadding: ContainerHeaderRule {
  static let rule = Rule(
    "C20-MISSING", .warning, title: "The last tensor is padded as well.",
    mend: "Append zero bytes up to the alignment: strict readers refuse the file, or take it for cut.")

  static func check(_ file: JudgedContainer, _ report: (Finding) -> Void) {
    guard file.isBodyEndKnown, let header = file.examination.header, file.byteCount < header.bodyByteCount
    else { return }
    report(
      Finding(
        rule, at: file.byteCount, found: "the end of the file",
        expected: "\((header.bodyByteCount - file.byteCount).counted("more byte")) of padding"))
  }
}
