import IngotArchitectures
import IngotContainer

/// A rule about what metadata and tensors of a model are to each other.
///
/// Each has a file of its own, and a line in ``ModelRules/all``.
protocol ModelRule: Sendable {
  /// The rule.
  static var rule: Rule { get }
  /// Reports where a model breaks the rule.
  static func check(_ model: JudgedModel, _ report: inout ModelReport)
}

/// The rules of the model level, in the order of the specification.
enum ModelRules {
  static let all: [any ModelRule.Type] = [
    MissingArchitecture.self, UnknownArchitecture.self, NoModel.self,
    MissingHyperparameters.self, HyperparameterValues.self,
    NoTensors.self, MissingTensors.self, TensorShapes.self, UnknownTensors.self,
    UnknownTokenizer.self, MissingTokenizerKeys.self, IncompleteTokenizer.self, TokenLengths.self,
    VocabularySize.self, SpecialTokens.self, TokenTypes.self, UniqueTokens.self, WellFormedMerges.self,
    MissingChatTemplate.self,
  ]
}

/// What the rules of the model level find, and in which file of a set.
struct ModelReport {
  private(set) var findings: [(file: Int, finding: Finding)] = []

  /// Adds a finding about a key of the first file; its place is that of the value.
  mutating func add(_ rule: Rule, _ model: JudgedModel, key: String, found: String, expected: String) {
    let offset = model.metadata.offset(of: key)
    findings.append((0, Finding(rule, at: offset, .key(key), found: found, expected: expected)))
  }

  /// Adds a finding about a tensor, at its entry in the table.
  mutating func add(_ rule: Rule, _ tensor: JudgedModel.Tensor, found: String, expected: String) {
    findings.append(
      (tensor.file, Finding(rule, at: tensor.offset, .tensor(tensor.name), found: found, expected: expected)))
  }

  /// Adds a finding about something that is not there, or the model as a whole.
  mutating func add(_ rule: Rule, _ subject: Finding.Subject, found: String, expected: String) {
    findings.append((0, Finding(rule, subject, found: found, expected: expected)))
  }
}

extension ModelReport {
  /// What all rules find in a model whose headers were read to their ends.
  static func of(_ files: [HeaderExamination]) -> ModelReport {
    let model = JudgedModel(files)
    var report = ModelReport()
    for rule in ModelRules.all { rule.check(model, &report) }
    return report
  }
}

extension [Int] {
  /// The dimensions in words, such as `64 × 300`.
  var shape: String { isEmpty ? "no dimensions" : map(String.init).joined(separator: " × ") }
}
