import IngotContainer
import SystemPackage

/// The members of the object in which a model says how its weights are quantized, and where each stands.
///
/// Specification: `spec/quantized.md`, clauses Q2.1 and Q2.2.
struct QuantizationMembers {
  private(set) var path: FilePath
  private var members: [ExactName: (value: JSONTree, offset: UInt64)] = [:]
  /// Where the object begins.
  private var start: UInt64 = 0

  var isEmpty: Bool { members.isEmpty }

  /// Reads the member `quantization_config` of an object, or of its `text_config`; or the object itself.
  init(_ json: inout JSONReader, _ path: FilePath, isWhole: Bool) throws {
    self.path = path
    try json.expect(.beginObject, "an object")
    if isWhole {
      try readMembers(&json)
      return
    }
    var text: QuantizationMembers?
    var hasOwn = false
    while try json.nextName() {
      if json.textIs("quantization_config") {
        guard !hasOwn else { throw duplicate(json, .key("quantization_config")) }
        hasOwn = true
        try readObject(&json)
      } else if json.textIs("text_config") {
        text = try Self.nested(&json, path)
      } else {
        try json.skipValue()
      }
    }
    if isEmpty, let text { self = text }
  }

  private init(_ path: FilePath) { self.path = path }

  /// What an object in the object says.
  private static func nested(_ json: inout JSONReader, _ path: FilePath) throws -> QuantizationMembers? {
    let token = try json.next()
    guard token == .beginObject else {
      try json.skipRest(of: token)
      return nil
    }
    var members = QuantizationMembers(path)
    while try json.nextName() {
      if json.textIs("quantization_config"), members.isEmpty {
        try members.readObject(&json)
      } else {
        try json.skipValue()
      }
    }
    return members
  }

  private mutating func readObject(_ json: inout JSONReader) throws {
    let token = try json.next()
    if token == .null { return }
    guard token == .beginObject else { throw json.mismatch(token, expected: "an object") }
    try readMembers(&json)
  }

  private mutating func readMembers(_ json: inout JSONReader) throws {
    start = json.offset
    while try json.nextName() {
      let name = ExactName(json.textString)
      guard members[name] == nil else { throw duplicate(json, .key(name.string)) }
      let token = try json.next()
      let offset = json.offset
      guard members.count < Self.memberLimit else {
        throw CheckpointError(
          .limit, path, at: offset, .key("quantization_config"), found: "more members",
          expected: "at most \(Self.memberLimit)")
      }
      members[name] = (
        try json.readTree(startingWith: token, maximumValues: Self.valueLimit), offset
      )
    }
  }

  /// The most members; in use are below 30.
  private static let memberLimit = 1_000
  /// The most values of a member: the modules that are left out.
  private static let valueLimit = 1 << 17

  private func duplicate(_ json: borrowing JSONReader, _ subject: CheckpointError.Subject) -> CheckpointError
  {
    CheckpointError(
      .duplicate, path, at: json.offset, subject, found: "the name a second time", expected: "each name once")
  }
}

extension QuantizationMembers {
  /// The value of a member; null counts as none.
  subscript(name: String) -> JSONTree? {
    guard let value = members[ExactName(name)]?.value, value != .null else { return nil }
    return value
  }

  /// Where a member's value begins; that of the object where there is none.
  func offset(of name: String) -> UInt64 { members[ExactName(name)]?.offset ?? start }

  /// The error for a member.
  func fault(_ name: String, found: String, expected: String) -> CheckpointError {
    fault(name, at: offset(of: name), found: found, expected: expected)
  }

  func fault(_ name: String, at offset: UInt64, found: String, expected: String) -> CheckpointError {
    CheckpointError(.value, path, at: offset, .key(name), found: found, expected: expected)
  }

  /// A whole number.
  func integer(_ name: String) throws -> Int? {
    guard let value = self[name] else { return nil }
    guard let number = value.integer else {
      throw fault(name, found: value.kind, expected: "a whole number")
    }
    return number
  }

  /// A text.
  func text(_ name: String) throws -> String? {
    guard let value = self[name] else { return nil }
    guard let text = value.string else { throw fault(name, found: value.kind, expected: "a text") }
    return text
  }

  /// A list of texts; empty where there is none.
  func texts(_ name: String) throws -> [String] {
    guard let value = self[name] else { return [] }
    let texts = value.elements?.compactMap(\.string)
    guard let texts, texts.count == value.elements?.count else {
      throw fault(name, found: value.kind, expected: "a list of texts")
    }
    return texts
  }
}
