import IngotArchitectures
import IngotContainer
import IngotEncodings

/// Clause M8: the numbers of a model make sense, each by itself and together.
enum HyperparameterValues: ModelRule {
  static let rule = Rule(
    "M8-VALUE", at: .model, title: "The values that an architecture reads make sense.",
    mend: "Convert the model again, or correct the value: readers stop at it, or compute nonsense.")

  static func check(_ model: JudgedModel, _ report: inout ModelReport) {
    guard let architecture = model.architecture, let numbers = model.numbers, !model.tensors.isEmpty
    else { return }
    var broken: Set<String> = []
    for parameter in architecture.hyperparameters {
      let key = architecture.key(of: parameter)
      guard let value = model.metadata[key],
        let found = parameter.constraint.violation(in: value, blocks: numbers.value(.blocks))
      else { continue }
      broken.insert(key)
      report.add(rule, model, key: key, found: found, expected: parameter.constraint.description)
    }
    let blocks = min(numbers.value(.blocks) ?? 1, Architecture.largestBlockCount)
    for relation in architecture.relations {
      let (left, right) = relation.quantities
      let keys = [left, right].map { $0.key(in: architecture.name) }
      guard broken.isDisjoint(with: keys), let key = keys.first(where: { model.metadata[$0] != nil }),
        let fault = (0..<max(blocks, 1)).lazy.compactMap({ block -> String? in
          guard let first = numbers.value(left, block: block),
            let second = numbers.value(right, block: block),
            !relation.holds(first, second)
          else { return nil }
          return "\(left) \(first), \(right) \(second)"
        }).first
      else { continue }
      report.add(rule, model, key: key, found: fault, expected: relation.description)
    }
  }
}

extension Hyperparameter.Constraint {
  /// What is wrong with a value, or `nil`; values of another kind are for clause M6.
  fileprivate func violation(in value: MetadataValue, blocks: Int?) -> String? {
    switch (self, value) {
    case (.count(let range), _), (.perBlock(let range), _):
      if let integer = value.integer { return range.contains(integer) ? nil : "\(integer)" }
      if case .uint64(let integer) = value { return "\(integer)" }
      guard case .perBlock = self, case .array(let array) = value, let integers = array.integers
      else { return nil }
      if let blocks, integers.count != blocks {
        return "\(integers.count.counted("number")) for \(blocks.counted("block"))"
      }
      return integers.first { !range.contains($0) }.map { "\($0) in one block" }
    case (.positive, _): return value.float.flatMap { $0.isFinite && $0 > 0 ? nil : "\($0)" }
    case (.notNegative, _): return value.float.flatMap { $0.isFinite && $0 >= 0 ? nil : "\($0)" }
    case (.finite, _): return value.float.flatMap { $0.isFinite ? nil : "\($0)" }
    case (.word(let words), .string(let word)): return words.contains(word) ? nil : word.quoted
    case (.word, _), (.any, _): return nil
    }
  }
}
