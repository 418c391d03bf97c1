/// Clause C21: nothing follows the body.
enum TrailingBytes: ContainerHeaderRule {
  static let rule = Rule(
    "C21-TRAILING", title: "Nothing follows the body but a seal.",
    mend: "Find out what the bytes are; if nothing needs them, cut the file at the end of the body.")

  static func check(_ file: JudgedContainer, _ report: (Finding) -> Void) {
    guard file.isBodyEndKnown, let header = file.examination.header, file.byteCount > header.bodyByteCount
    else { return }
    report(
      Finding(
        rule, at: header.bodyByteCount,
        found: "\(file.byteCount - header.bodyByteCount) bytes after the end of the model",
        expected: "the end of the file"))
  }
}
