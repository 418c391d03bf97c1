import IngotCheckpoints
import IngotContainer
import SystemPackage

/// What the `config.json` of a model says, with what its family fills in where it says nothing.
///
/// The members of `text_config` stand above those beside it. Null counts as nothing.
///
/// Specification: `spec/families.md`, clause N2.
struct ModelConfiguration: Sendable {
  /// The path of the file, for messages.
  let path: FilePath
  /// The folder that the file is in.
  let folder: ModelFolder
  /// The file as it is.
  let file: JSONTree
  private var members: JSONTree.Members
  /// How positions are rotated, in the spelling of either release of transformers.
  private(set) var rope: [String: JSONTree] = [:]
  /// The first rows of the table of positions, which the model never uses.
  var unusedPositions = 0

  /// Reads the file of a folder, or gives `nil` where there is none.
  ///
  /// - Throws: `CheckpointError`, `FileError`.
  init?(_ folder: ModelFolder) throws {
    guard let file = try folder.json("config.json") else { return nil }
    path = folder.path(of: "config.json")
    self.folder = folder
    guard let members = file.members else {
      throw CheckpointError(CheckpointError.Code.json, path, at: 0, found: file.kind, expected: "an object")
    }
    self.file = file
    self.members = members
    if case .object(let text)? = file["text_config"] {
      self.members.merge(text) { _, text in text }
    }
    rope = ropeParameters()
  }

  /// The class of the model: the first of `architectures`.
  var modelClass: String? { self["architectures"]?.elements?.first?.string }

  /// The value of a member; `nil` where there is none.
  subscript(name: String) -> JSONTree? {
    guard let value = members[ExactName(name)], value != .null else { return nil }
    return value
  }

  /// Fills in members that the file leaves out.
  ///
  /// A null in the file stays a null: it says that there is no such number.
  mutating func fill(_ defaults: [String: JSONTree]) {
    for (name, value) in defaults where members[ExactName(name)] == nil { members[ExactName(name)] = value }
    rope = ropeParameters()
  }

  /// Changes a member.
  mutating func set(_ name: String, _ value: JSONTree?) { members[ExactName(name)] = value }

  /// The rotation of the layers that attend to everything.
  var globalRope: [String: JSONTree] { rope["full_attention"].map(Self.dictionary) ?? rope }

  /// The rotation of the layers that attend to a window, where it differs.
  var slidingRope: [String: JSONTree]? { rope["sliding_attention"].map(Self.dictionary) }
}

// Numbers and texts under one of several names, the first that is there.
extension ModelConfiguration {
  /// A whole number that is not negative.
  func integer(_ names: String...) throws(ConversionError) -> Int? { try integer(names) }

  /// A whole number that the family needs.
  func needed(_ names: String...) throws(ConversionError) -> Int {
    guard let number = try integer(names) else {
      throw fault(names[0], found: "nothing", expected: "a whole number")
    }
    return number
  }

  /// A number.
  func number(_ names: String...) throws(ConversionError) -> Double? {
    guard let (name, value) = first(names) else { return nil }
    guard let number = value.number, number.isFinite else {
      throw fault(name, found: value.kind, expected: "a number")
    }
    return number
  }

  /// A truth value.
  func flag(_ name: String) throws(ConversionError) -> Bool? {
    guard let value = self[name] else { return nil }
    guard let flag = value.boolean else { throw fault(name, found: value.kind, expected: "true or false") }
    return flag
  }

  /// A text.
  func text(_ names: String...) throws(ConversionError) -> String? {
    guard let (name, value) = first(names) else { return nil }
    guard let text = value.string else { throw fault(name, found: value.kind, expected: "a text") }
    return text
  }

  /// The error for a member.
  func fault(_ name: String, found: String, expected: String) -> ConversionError {
    ConversionError(.configuration, "\(path), \(name.quoted): found \(found), expected \(expected)")
  }

  private func integer(_ names: [String]) throws(ConversionError) -> Int? {
    guard let (name, value) = first(names) else { return nil }
    guard let number = value.integer, (0...Self.largestNumber).contains(number) else {
      throw fault(name, found: value.kind, expected: "a whole number from 0 to \(Self.largestNumber)")
    }
    return number
  }

  private func first(_ names: [String]) -> (String, JSONTree)? {
    for name in names { if let value = self[name] { return (name, value) } }
    return nil
  }

  /// What the container's keys hold, so that products of two are within `Int`.
  static let largestNumber = Int(UInt32.max)
}

// The spellings of the rotation.
extension ModelConfiguration {
  /// The names of the numbers that older releases have beside the scaling, by that in it.
  private static let ropeNames: [(inside: String, beside: [String])] = [
    (
      "rope_theta",
      ["global_rope_theta", "rope_global_theta", "rope_theta_global", "rope_theta", "rotary_emb_base"]
    ),
    ("partial_rotary_factor", ["partial_rotary_factor", "rope_pct", "rope_percent"]),
    ("original_max_position_embeddings", ["original_max_position_embeddings"]),
  ]
  private static let slidingNames = [
    "local_rope_theta", "rope_local_theta", "rope_theta_local", "swa_rope_theta", "rope_local_base_freq",
  ]

  private func ropeParameters() -> [String: JSONTree] {
    var rope = (self["rope_parameters"] ?? self["rope_scaling"]).map(Self.dictionary) ?? [:]
    guard rope["full_attention"] == nil, rope["sliding_attention"] == nil else { return rope }
    if let theta = Self.slidingNames.lazy.compactMap({ self[$0] }).first {
      rope["sliding_attention"] = .object([ExactName("rope_theta"): theta])
    }
    if rope["rope_type"] == nil { rope["rope_type"] = rope["type"] }
    for (inside, beside) in Self.ropeNames where rope[inside] == nil {
      rope[inside] = beside.lazy.compactMap { self[$0] }.first
    }
    return rope
  }

  private static func dictionary(_ tree: JSONTree) -> [String: JSONTree] {
    var dictionary: [String: JSONTree] = [:]
    for (name, value) in tree.members ?? [:] where value != .null { dictionary[name.string] = value }
    return dictionary
  }
}
