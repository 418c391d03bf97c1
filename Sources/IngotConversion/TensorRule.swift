import IngotContainer
import IngotEncodings

/// An exception to the encoding of a conversion: tensors whose name a pattern finds get an encoding of their own.
public struct TensorRule: Sendable {
  /// The regular expression, searched for anywhere in a tensor's name.
  public let pattern: String
  /// The encoding for the tensors that match.
  public let encoding: Encoding

  /// Parses `<regular expression>=<encoding>`; the last `=` divides the two.
  ///
  /// - Throws: ``ConversionError`` `RULE` when a part is missing, the encoding is unknown or the pattern malformed.
  public init(parsing text: String) throws(ConversionError) {
    guard let divider = text.lastIndex(of: "="), divider != text.startIndex else {
      throw ConversionError(.rule, "\(text.quoted) is not a rule: write <regular expression>=<encoding>")
    }
    let name = String(text[text.index(after: divider)...])
    guard let encoding = Encoding(name: name) else {
      let advice = EncodingNames.meaning(of: name)?.adviceForRule ?? "is not an encoding"
      throw ConversionError(.rule, "\(name.quoted) in the rule \(text.quoted) \(advice)")
    }
    try self.init(pattern: String(text[..<divider]), encoding: encoding)
  }

  /// Makes a rule.
  ///
  /// - Throws: ``ConversionError`` `RULE` when the pattern is malformed.
  public init(pattern: String, encoding: Encoding) throws(ConversionError) {
    do {
      _ = try Regex(pattern)
    } catch {
      throw ConversionError(.rule, "\(pattern.quoted) is not a regular expression: \(error)")
    }
    self.pattern = pattern
    self.encoding = encoding
  }
}

extension TensorRule {
  /// Says that no tensor is encoded by it.
  var changesNothing: String {
    "the rule \("\(pattern)=\(encoding.name)".quoted) changes nothing: no tensor of floats that an earlier rule leaves has such a name"
  }
}

/// Rules made ready to be asked for many tensors, which remember which of them decided.
///
/// A compiled `Regex` is not `Sendable`, so a ``TensorRule`` keeps its text and is compiled once for each plan.
struct CompiledTensorRules {
  private let rules: [(regex: Regex<AnyRegexOutput>, rule: TensorRule)]
  private var used: Set<Int> = []

  init(_ rules: [TensorRule]) throws(ConversionError) {
    do {
      self.rules = try rules.map { (try Regex($0.pattern), $0) }
    } catch {
      throw ConversionError(.rule, "\(error)")
    }
  }

  /// The first rule that matches one of the names, each of which is asked for in turn.
  mutating func rule(for names: String...) -> TensorRule? {
    for name in names {
      guard let index = rules.firstIndex(where: { name.firstMatch(of: $0.regex) != nil }) else { continue }
      used.insert(index)
      return rules[index].rule
    }
    return nil
  }

  /// The rules that decided for no tensor.
  var unused: [TensorRule] {
    rules.enumerated().filter { !used.contains($0.offset) }.map(\.element.rule)
  }
}
