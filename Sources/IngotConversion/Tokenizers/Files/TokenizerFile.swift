import IngotCheckpoints
import IngotContainer

/// What `tokenizer.json` says.
///
/// The words and merges, which are most of the file, are read as a stream; the rest is small and kept as trees.
struct TokenizerFile {
  static let name = "tokenizer.json"

  /// What is read of the words and merges.
  enum Contents: Sendable, Hashable {
    /// Neither.
    case head
    /// Both; a number of a word must be less than the ceiling, which is `vocab_size` of `config.json`.
    case whole(ceiling: Int?)
  }

  /// How the words are put together.
  enum Kind: Sendable, Hashable {
    case bytePairs, wordPiece, unigram
    /// Another, by its name.
    case other(String)
  }

  /// The part of the file that is called `model`.
  struct Model {
    var type: String?
    var hasByteFallback = false
    var ignoresMerges = false
    var unknownNumber: Int?
    var vocabulary = Vocabulary()
    var merges: [String] = []
    /// Whether `merges` stands there, and whether `vocab` is an array.
    var hasMerges = false, hasScores = false

    var kind: Kind {
      switch type {
      case "BPE": .bytePairs
      case "WordPiece": .wordPiece
      case "Unigram": .unigram
      case let type?: .other(type)
      case nil: hasMerges ? .bytePairs : hasScores ? .unigram : .wordPiece
      }
    }
  }

  /// An element of `added_tokens`, with the number that stands there.
  struct StatedToken: Sendable, Hashable {
    let token: AddedToken
    let number: Int?
  }

  var model = Model()
  var addedTokens: [StatedToken] = []
  var normalizer, preTokenizer, postProcessor, decoder: JSONTree?

  /// Reads the file; `nil` where there is none.
  static func read(_ folder: ModelFolder, contents: Contents) throws -> TokenizerFile? {
    let path = folder.path(of: name)
    return try folder.parse(name) { json in
      var file = TokenizerFile()
      try file.read(&json, contents) { ceiling in Vocabulary.Reader(path: path, ceiling: ceiling) }
      return file
    }
  }
}

extension TokenizerFile {
  private mutating func read(
    _ json: inout JSONReader, _ contents: Contents, reader: (Int?) -> Vocabulary.Reader
  ) throws {
    var names: Set<String> = []
    try json.expect(.beginObject, "an object")
    while try json.nextName() {
      switch try json.takeName(&names) {
      case "added_tokens": try readAddedTokens(&json)
      case "normalizer": normalizer = try json.readTree().nonNull
      case "pre_tokenizer": preTokenizer = try json.readTree().nonNull
      case "post_processor": postProcessor = try json.readTree().nonNull
      case "decoder": decoder = try json.readTree().nonNull
      case "model": try readModel(&json, contents, reader: reader)
      default: try json.skipValue()
      }
    }
  }

  private mutating func readAddedTokens(_ json: inout JSONReader) throws {
    guard try json.nextIsArray() else { return }
    while true {
      let next = try json.next()
      if next == .endArray { return }
      let offset = json.offset
      let tree = try json.readTree(startingWith: next)
      guard let token = AddedToken(tree) else {
        throw JSONError(.form, at: offset, found: tree.kind, expected: "an added token with its `content`")
      }
      addedTokens.append(StatedToken(token: token, number: tree["id"]?.exactInteger))
      guard addedTokens.count <= TokenLimits.tokenCount else {
        throw JSONError(
          .limit, at: offset, found: "more added tokens", expected: "at most \(TokenLimits.tokenCount)")
      }
    }
  }

  private mutating func readModel(
    _ json: inout JSONReader, _ contents: Contents, reader: (Int?) -> Vocabulary.Reader
  ) throws {
    var names: Set<String> = []
    try json.expect(.beginObject, "the object `model`")
    while try json.nextName() {
      switch (try json.takeName(&names), contents) {
      case ("type", _): model.type = try json.readTree().string
      case ("byte_fallback", _): model.hasByteFallback = try json.readTree().boolean ?? false
      case ("ignore_merges", _): model.ignoresMerges = try json.readTree().boolean ?? false
      case ("unk_id", _): model.unknownNumber = try json.readTree().exactInteger
      case ("vocab", .whole(let ceiling)):
        (model.vocabulary, model.hasScores) = try reader(ceiling).read(&json)
      case ("vocab", .head):
        let next = try json.next()
        model.hasScores = next == .beginArray
        try json.skipRest(of: next)
      case ("merges", .whole):
        model.hasMerges = true
        model.merges = try Merges.read(&json)
      case ("merges", .head):
        model.hasMerges = true
        try json.skipValue()
      default: try json.skipValue()
      }
    }
  }
}

extension JSONReader {
  /// The name that has just been read, which must not have been read before.
  fileprivate mutating func takeName(_ names: inout Set<String>) throws -> String {
    let name = textString
    guard names.count < 1000, names.insert(name).inserted else {
      throw JSONError(
        .form, at: offset, found: "\(name.quoted) a second time", expected: "each name once")
    }
    return name
  }

  /// Whether an array begins; anything else is passed.
  fileprivate mutating func nextIsArray() throws -> Bool {
    let next = try next()
    if next == .beginArray { return true }
    try skipRest(of: next)
    return false
  }
}

extension JSONTree {
  /// The value, unless it is null.
  var nonNull: JSONTree? { self == .null ? nil : self }

  /// The whole number, if it is one and written without a point: what the reference takes for one.
  var exactInteger: Int? {
    if case .number(let text) = self { Int(text) } else { nil }
  }
}
