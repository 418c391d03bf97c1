import IngotContainer

/// Clause C8: below 8 bytes, values of 8 bytes are misaligned.
enum SmallAlignment: ContainerHeaderRule {
  static let rule = Rule(
    "C8-SMALL", .warning, title: "The alignment is at least 8.",
    mend: "Write the file again with an alignment of 32: some readers fail, or are slow, on misaligned data.")

  static func check(_ file: JudgedContainer, _ report: (Finding) -> Void) {
    let metadata = file.examination.metadata
    guard case .uint32(let alignment)? = metadata[ContainerFormat.alignmentKey],
      [1, 2, 4].contains(alignment)
    else { return }
    report(
      Finding(
        rule, at: metadata.offset(of: ContainerFormat.alignmentKey), .key(ContainerFormat.alignmentKey),
        found: "\(alignment)", expected: "at least 8"))
  }
}
