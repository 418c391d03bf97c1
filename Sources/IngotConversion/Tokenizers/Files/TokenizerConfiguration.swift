import IngotCheckpoints
import IngotContainer
import SystemPackage

/// What `tokenizer_config.json`, and the older `special_tokens_map.json` and `added_tokens.json`, say.
struct TokenizerConfiguration {
  static let name = "tokenizer_config.json"

  /// The members of `tokenizer_config.json`; `nil` where there is no such file, or an empty object in it.
  let tree: JSONTree?
  /// `added_tokens_decoder`, in the order of the file; `nil` where it is missing.
  let decoder: [(number: Int, token: AddedToken)]?
  /// `added_tokens.json`, in the order of the file.
  let addedTokens: [(number: Int, text: String)]
  /// `special_tokens_map.json`, whose tokens count where there is no ``decoder``.
  private let specialMap: JSONTree?

  /// Reads the files that are there.
  init(_ folder: ModelFolder) throws {
    let tree = try folder.json(Self.name)
    self.tree = tree?.members?.isEmpty == false ? tree : nil
    let path = folder.path(of: Self.name)
    let decoder = try tree?["added_tokens_decoder"]?.members.map { try Self.decoder($0, path) }
    self.decoder = decoder
    specialMap = decoder == nil ? try folder.json("special_tokens_map.json") : nil
    let older = try folder.json(Self.addedTokensName)
    addedTokens = try Self.addedTokens(older?.members ?? [:], folder.path(of: Self.addedTokensName))
  }

  private static let addedTokensName = "added_tokens.json"

  private static func decoder(
    _ members: JSONTree.Members, _ path: FilePath
  ) throws(CheckpointError) -> [(number: Int, token: AddedToken)] {
    var tokens: [(number: Int, token: AddedToken)] = []
    for (name, tree) in members {
      guard let number = Int(name.string), number >= 0, let token = AddedToken(tree) else {
        throw CheckpointError(
          CheckpointError.Code.json, path, .key("added_tokens_decoder"),
          found: "\(name.string.quoted), which is \(tree.kind)",
          expected: "added tokens by their numbers")
      }
      tokens.append((number, token))
    }
    return tokens
  }

  private static func addedTokens(
    _ members: JSONTree.Members, _ path: FilePath
  ) throws(CheckpointError) -> [(number: Int, text: String)] {
    var tokens: [(number: Int, text: String)] = []
    for (name, tree) in members {
      guard let number = tree.exactInteger, number >= 0 else {
        throw CheckpointError(
          CheckpointError.Code.json, path, .key(name.string), found: tree.kind,
          expected: "the number of a token")
      }
      tokens.append((number, name.string))
    }
    return tokens
  }

  /// The text of the token that has a role.
  func text(_ role: SpecialRole) -> String? { tree?["\(role.rawValue)_token"].flatMap(Self.text) }

  /// A token that is given by its text, or as an object with its text.
  static func text(_ tree: JSONTree) -> String? { tree.string ?? tree["content"]?.string }

  /// The truth value of a member.
  func flag(_ name: String) -> Bool? { tree?[name]?.boolean }

  /// The class that reads the tokenizer, such as `GPT2Tokenizer`, without the `Fast` of those that read `tokenizer.json`.
  var className: String? {
    tree?["tokenizer_class"]?.string.map { $0.hasSuffix("Fast") ? String($0.dropLast(4)) : $0 }
  }

  /// The texts of all tokens that have a role, also one that the format has no key for: T5.
  func specialTexts(modelType: String?) -> [String] {
    let names = SpecialRole.common.map { "\($0.rawValue)_token" }
    var texts: [String] = []
    for (index, name) in names.enumerated() {
      if let tree = specialMap?[name] ?? tree?[name] {
        texts += Self.text(tree).map { [$0] } ?? []
      } else if let text = TokenizerClass.named(className, modelType: modelType)?[SpecialRole.common[index]] {
        texts.append(text)
      }
    }
    for tree in [specialMap, tree] {
      texts += tree?["additional_special_tokens"]?.elements?.compactMap(Self.text) ?? []
      texts += tree?["extra_special_tokens"]?.elements?.compactMap(Self.text) ?? []
      texts += tree?["extra_special_tokens"]?.members?.values.compactMap(Self.text) ?? []
    }
    return texts.filter { !$0.isEmpty }
  }
}
