import IngotContainer
import OrderedCollections

/// A JSON value as a whole, for side files of a model that are small beside its tensors.
///
/// Numbers stay as they are written. The names of an object are those of its members in their order; names are the same
/// only if their bytes are.
package indirect enum JSONTree: Sendable, Hashable {
  case null
  case boolean(Bool)
  /// The number as it is written.
  case number(String)
  case string(String)
  case array([JSONTree])
  case object(Members)

  /// The members of an object by name, in their order.
  package typealias Members = OrderedDictionary<ExactName, JSONTree>
}

extension JSONTree {
  /// The value of a member, if this is an object that has it; a member that is null counts as none.
  package subscript(name: String) -> JSONTree? {
    guard case .object(let members) = self, let value = members[ExactName(name)], value != .null else {
      return nil
    }
    return value
  }

  /// The text, if it is a string.
  package var string: String? {
    if case .string(let text) = self { text } else { nil }
  }

  /// The truth value, if it is one.
  package var boolean: Bool? {
    if case .boolean(let value) = self { value } else { nil }
  }

  /// The whole number, if it is one that fits; `2.0` counts as 2.
  package var integer: Int? {
    guard case .number(let text) = self else { return nil }
    return Int(text) ?? Double(text).flatMap { Int(exactly: $0) }
  }

  /// The number in double precision, if it is one.
  package var number: Double? {
    if case .number(let text) = self { Double(text) } else { nil }
  }

  /// The elements, if it is an array.
  package var elements: [JSONTree]? {
    if case .array(let elements) = self { elements } else { nil }
  }

  /// The members, if it is an object.
  package var members: Members? {
    if case .object(let members) = self { members } else { nil }
  }

  /// What the value is, in words for a message.
  package var kind: String {
    switch self {
    case .null: "null"
    case .boolean(let value): "\(value)"
    case .number(let text): "the number \(text.prefix(40))"
    case .string(let text): "the text \(String(text.prefix(40)).quoted)"
    case .array: "an array"
    case .object: "an object"
    }
  }
}

extension JSONReader {
  /// Reads the value that follows, as a whole.
  ///
  /// The depth is bounded by that of the reader, the number of values by `maximumValues`, for each takes several times the
  /// bytes of its text. Throws ``JSONError`` also for a name that an object has twice.
  package mutating func readTree(maximumValues: Int = 1 << 20) throws -> JSONTree {
    try readTree(startingWith: next(), maximumValues: maximumValues)
  }

  /// Reads the rest of the value that `token` begins, as a whole.
  package mutating func readTree(startingWith token: Token, maximumValues: Int = 1 << 20) throws -> JSONTree {
    var left = maximumValues
    return try readTree(startingWith: token, left: &left)
  }

  private mutating func readTree(startingWith token: Token, left: inout Int) throws -> JSONTree {
    guard left > 0 else {
      throw JSONError(.limit, at: offset, found: "more values", expected: "no more at once")
    }
    left -= 1
    switch token {
    case .null: return .null
    case .boolean(let value): return .boolean(value)
    case .number: return .number(textString)
    case .string: return .string(textString)
    case .beginArray:
      var elements: [JSONTree] = []
      while true {
        let token = try next()
        if token == .endArray { return .array(elements) }
        elements.append(try readTree(startingWith: token, left: &left))
      }
    case .beginObject:
      var members: JSONTree.Members = [:]
      while try nextName() {
        let name = ExactName(textString)
        guard members[name] == nil else {
          throw JSONError(
            .form, at: offset, found: "\(name.string.quoted) a second time", expected: "each name once")
        }
        members[name] = try readTree(startingWith: next(), left: &left)
      }
      return .object(members)
    case .name, .endObject, .endArray, .end: throw mismatch(token, expected: "a value")
    }
  }
}
