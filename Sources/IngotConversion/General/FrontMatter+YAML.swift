import IngotEncodings
import Yams

/// The one place that knows the YAML parser.
extension FrontMatter {
  /// The values of these keys.
  ///
  /// Three levels are looked at: a value, the elements of a list, and the members of an element that is a mapping. Merge
  /// keys (`<<`) are not followed.
  ///
  /// - Throws: ``Problem`` where the text is not YAML, or not a mapping.
  func values(of keys: Set<String>) throws(Problem) -> [String: ModelCard.Value] {
    let root: Node?
    do {
      // Without rules for implicit types: those of YAML would be tried on each scalar, and texts are wanted as they are.
      root = try Yams.compose(yaml: text, .basic, .default, .utf8)
    } catch let error as YamlError {
      throw Problem(error.sentence)
    } catch {
      throw Problem("its front matter cannot be parsed")
    }
    guard case .mapping(let mapping) = root else { throw Problem("its front matter is not a mapping") }
    var budget = Self.maximumValueCount
    var values: [String: ModelCard.Value] = [:]
    for (key, node) in mapping {
      if let key = key.scalar?.string, keys.contains(key) {
        values[key] = try Self.value(node, levels: 2, &budget)
      }
    }
    return values
  }

  /// The most values that are taken, those behind aliases counted each time.
  private static let maximumValueCount = 100_000

  private static func value(
    _ node: Node, levels: Int, _ budget: inout Int
  ) throws(Problem) -> ModelCard.Value {
    budget -= 1
    guard budget >= 0 else {
      throw Problem("its front matter has more than \(maximumValueCount.counted("value"))")
    }
    switch node {
    case .scalar(let scalar): return value(scalar)
    case .sequence(let sequence) where levels > 0:
      var elements: [ModelCard.Value] = []
      for element in sequence { elements.append(try value(element, levels: levels - 1, &budget)) }
      return .list(elements)
    case .mapping(let mapping) where levels > 0:
      var members: [String: ModelCard.Value] = [:]
      for (key, element) in mapping {
        let member = try value(element, levels: levels - 1, &budget)
        if let key = key.scalar?.string { members[key] = member }
      }
      return .members(members)
    case .sequence: return .list([])
    case .mapping: return .members([:])
    case .alias: return .null
    }
  }

  private static func value(_ scalar: Node.Scalar) -> ModelCard.Value {
    let tag = scalar.tag.rawValue
    if tag == Tag.Name.null.rawValue { return .null }
    // Bytes in base 64 are no text.
    if tag == Tag.Name.binary.rawValue { return .members([:]) }
    let isNull = ["", "~", "null", "Null", "NULL"].contains(scalar.string)
    return scalar.style == .plain && tag != Tag.Name.str.rawValue && isNull ? .null : .text(scalar.string)
  }
}

extension YamlError {
  /// What is wrong, in a sentence without the text itself.
  fileprivate var sentence: String {
    switch self {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      // Marks count from the line after the opening mark.
      "line \(mark.line + 1): \(problem)"
    case .reader(let problem, _, _, _): problem
    case .duplicatedKeysInMapping(let duplicates, _):
      "its front matter has the key \((duplicates.first ?? "").prefix(40).description.quoted) twice"
    default: "its front matter cannot be parsed"
    }
  }
}
