/// Clause C15: a tensor without dimensions is one element.
enum NoDimensions: ContainerHeaderRule {
  static let rule = Rule(
    "C15-SCALAR", .warning, title: "A tensor has at least one dimension.",
    mend: "Write the tensor with one dimension of 1: readers differ in what none means.")

  static func check(_ file: JudgedContainer, _ report: (Finding) -> Void) {
    for entry in file.examination.entries where entry.dimensionCount == 0 {
      report(
        Finding(rule, at: entry.shape, .tensor(entry.name), found: "no dimensions", expected: "1 to 4"))
    }
  }
}
