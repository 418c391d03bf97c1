import IngotArchitectures

/// Clause M10: token types are known ones.
enum TokenTypes: ModelRule {
  static let rule = Rule(
    "M10-TYPE", .warning, at: .model, title: "The type of a token is 1 to 6.",
    mend: "Convert the model again: readers take such a token as one without a type.")

  static func check(_ model: JudgedModel, _ report: inout ModelReport) {
    guard model.architecture != nil, let types = model.array(TokenizerModel.types)?.integers else { return }
    let known = Set(TokenType.allCases.map { Int($0.rawValue) })
    let unknown = types.indices.filter { !known.contains(types[$0]) }
    guard let first = unknown.first else { return }
    report.add(
      rule, model, key: TokenizerModel.types,
      found: "\(types[first]) for token \(first), and \(unknown.count) such in all", expected: "1 to 6")
  }
}
