import IngotCheckpoints
import IngotContainer
import IngotEncodings
import OrderedCollections

/// Which tokens have a role, which of them texts get, and what is done to a text first.
///
/// Specification: `spec/tokenizers.md`, clauses T7 to T10.
struct SpecialTokens {
  /// The numbers by role, in the order in which they were found.
  private(set) var numbers: OrderedDictionary<SpecialRole, UInt32> = [:]
  /// Whether a text gets the token of a role.
  private(set) var flags: OrderedDictionary<SpecialRole, Bool> = [:]
  var templates: ChatTemplates?
  private(set) var lowercase, stripAccents: Bool?
  private(set) var warnings = Warnings()
  /// What numbers must be less than.
  private let count: Int?

  /// Finds them.
  ///
  /// - Parameters:
  ///   - file: `tokenizer.json`, its words aside, if there is one.
  ///   - roles: The roles that are asked for, in order.
  ///   - count: The number of tokens, if roles of others are to be left out.
  init(
    _ configuration: TokenizerConfiguration, _ file: TokenizerFile?, _ folder: ModelFolder,
    roles: [SpecialRole] = SpecialRole.common, count: Int?
  ) throws {
    self.count = count
    if let normalizer = file?.normalizer { readNormalizer(normalizer, depth: 0) }
    var processor = PostProcessor(configuration, roles: roles)
    if let file { processor.read(file.postProcessor) }
    flags = processor.flags
    warnings.append(processor.warnings)
    if configuration.tree != nil {
      templates = try ChatTemplates(configuration, folder, warnings: &warnings)
      for role in processor.roles { try read(role, configuration, processor, file, folder) }
    }
    guard let config = try folder.json("config.json") else { return }
    for role in processor.roles {
      let name = "\(role.rawValue)_token_id"
      let tree = config[name] ?? config["text_config"]?[name]
      if let number = tree?.exactInteger { try set(role, number, "config.json", name, folder) }
    }
  }

  private mutating func read(
    _ role: SpecialRole, _ configuration: TokenizerConfiguration, _ processor: PostProcessor,
    _ file: TokenizerFile?, _ folder: ModelFolder
  ) throws {
    if let flag = configuration.flag("add_\(role.rawValue)_token") {
      if flags[role] == nil {
        flags[role] = flag
      } else if flags[role] != flag {
        warnings.append(
          "add_\(role.rawValue)_token of tokenizer_config.json is \(flag), which post_processor is not")
      }
    }
    guard let text = processor.texts[role],
      let number = file?.addedTokens.first(where: { ExactName($0.token.text) == ExactName(text) })?.number
    else { return }
    try set(role, number, TokenizerFile.name, text, folder)
  }

  /// Gives a role its token, unless it has one.
  mutating func set(_ role: SpecialRole, _ number: Int) {
    guard numbers[role] == nil, let number = UInt32(exactly: number) else { return }
    numbers[role] = number
  }

  private mutating func set(
    _ role: SpecialRole, _ number: Int, _ file: String, _ name: String, _ folder: ModelFolder
  ) throws {
    guard number >= 0, number <= UInt32.max else {
      throw CheckpointError(
        .value, folder.path(of: file), .key(name), found: "\(number)", expected: "the number of a token")
    }
    if let count, number >= count {
      warnings.append("\(name) is \(number), which is beyond the \(count.counted("token")), and was left out")
      return
    }
    set(role, number)
  }

  /// Reads what is done to a text before it is cut, as far as the format has keys for it.
  private mutating func readNormalizer(_ tree: JSONTree, depth: Int) {
    switch tree["type"]?.string {
    case "Lowercase": lowercase = true
    case "StripAccents": stripAccents = true
    case "BertNormalizer":
      if let members = tree.members {
        if let flag = members[ExactName("lowercase")] { lowercase = flag.boolean }
        if let flag = members[ExactName("strip_accents")] { stripAccents = flag.boolean }
      }
    case "Sequence" where depth < 8:
      for step in tree["normalizers"]?.elements ?? [] { readNormalizer(step, depth: depth + 1) }
    default: break
    }
  }

  /// Writes the keys.
  func write(to metadata: inout Metadata) {
    for (role, number) in numbers { if let key = role.key { metadata[key] = .uint32(number) } }
    for (role, flag) in flags { if let key = role.flagKey { metadata[key] = .bool(flag) } }
    templates?.write(to: &metadata)
    if let lowercase { metadata["tokenizer.ggml.normalizer.lowercase"] = .bool(lowercase) }
    if let stripAccents { metadata["tokenizer.ggml.normalizer.strip_accents"] = .bool(stripAccents) }
  }
}
