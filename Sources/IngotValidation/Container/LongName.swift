import IngotContainer
import IngotEncodings

/// Clause C14: common readers keep 63 bytes of a name.
enum LongName: ContainerHeaderRule {
  static let rule = Rule(
    "C14-LONG", .warning, title: "A tensor name has at most 63 bytes.",
    mend: "Rename the tensor: llama.cpp refuses the file.")

  static func check(_ file: JudgedContainer, _ report: (Finding) -> Void) {
    let longest = UInt64(ContainerFormat.maximumWrittenNameByteCount)
    for entry in file.examination.entries where entry.nameByteCount > longest {
      report(
        Finding(
          rule, at: entry.offset, .tensor(entry.name),
          found: "a name of \(entry.nameByteCount.counted("byte"))",
          expected: "at most \(longest)"))
    }
  }
}
