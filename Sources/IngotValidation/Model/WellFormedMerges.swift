import IngotArchitectures
import IngotContainer

/// Clause M10: a merge is two pieces with a space between them.
enum WellFormedMerges: ModelRule {
  static let rule = Rule(
    "M10-MERGE", .warning, at: .model, title: "A merge is two pieces with a space between them.",
    mend: "Convert the model again: readers ignore the merge, and cut text in another way.")

  static func check(_ model: JudgedModel, _ report: inout ModelReport) {
    guard model.architecture != nil, let merges = model.strings(TokenizerModel.merges) else { return }
    var first: (Int, String)?
    var count = 0
    for (index, merge) in merges.enumerated() where !merge.isMerge {
      first = first ?? (index, merge)
      count += 1
    }
    guard let (index, merge) = first else { return }
    report.add(
      rule, model, key: TokenizerModel.merges,
      found: "\(merge.quoted) as merge \(index), and \(count) such in all", expected: "two pieces and a space"
    )
  }
}

extension String {
  /// Whether a space stands after the first byte, and something after that space.
  fileprivate var isMerge: Bool {
    guard let space = utf8.dropFirst().firstIndex(of: UInt8(ascii: " ")) else { return false }
    return utf8.index(after: space) != utf8.endIndex
  }
}
