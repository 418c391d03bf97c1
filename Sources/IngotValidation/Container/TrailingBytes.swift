import IngotEncodings

/// Clause C21: nothing follows the body.
enum TrailingBytes: ContainerHeaderRule {
  static let rule = Rule(
    "C21-TRAILING", title: "Nothing follows the body but a seal.",
    mend:
      "Find out what the bytes are; if nothing needs them, cut the file at the end of the body. A seal is cut off by unseal."
  )

  static func check(_ file: JudgedContainer, _ report: (Finding) -> Void) {
    guard let fault = file.sealFault, let header = file.examination.header else { return }
    report(
      Finding(
        rule, at: header.bodyByteCount,
        found: fault.code == .position
          ? "\((file.byteCount - header.bodyByteCount).counted("byte")) after the end of the model"
          : "a seal that is refused (\(fault.code.rawValue)\(fault.offset.map { " at byte \($0)" } ?? "")): \(fault.found)",
        expected: "the end of the file"))
  }
}
