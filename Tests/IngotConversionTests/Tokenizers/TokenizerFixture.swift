import IngotCheckpoints
import IngotContainer
import IngotTestSupport

@testable import IngotConversion

/// A folder of a model that a test writes, file by file.
struct TokenizerFixture {
  let folder: TemporaryFolder

  init(_ files: [String: String] = [:]) throws {
    folder = try TemporaryFolder()
    for (name, text) in files { try folder.write(Array(text.utf8), to: name) }
  }

  func load(
    _ strategy: TokenizerStrategy, size: Int? = nil, modelType: String? = nil, preTokenizer: String? = nil
  ) throws -> ModelTokenizer {
    try ModelTokenizer.load(
      strategy, from: ModelFolder(folder.path), vocabularySize: size, modelType: modelType,
      preTokenizer: preTokenizer)
  }

  /// A `tokenizer.json` of byte pairs.
  ///
  /// - Parameter more: Members beside `model`, without a comma at either end.
  static func bytePairs(
    vocabulary: String = #"{"a":0,"b":1,"ab":2}"#, merges: String = #"["a b"]"#, model: String = "",
    preTokenizer: String = #"{"type":"ByteLevel","add_prefix_space":false}"#, more: String = ""
  ) -> String {
    #"{"model":{"type":"BPE","vocab":\#(vocabulary),"merges":\#(merges)\#(model)},"#
      + #""decoder":{"type":"ByteLevel"},"pre_tokenizer":\#(preTokenizer)\#(more.isEmpty ? "" : "," + more)}"#
  }
}

extension ModelTokenizer {
  var tokens: [String] { metadata.strings("tokens") }
  var merges: [String] { metadata.strings("merges") }

  var types: [Int] {
    guard case .array(let array)? = metadata["tokenizer.ggml.token_type"] else { return [] }
    return array.integers ?? []
  }

  var scores: [Float] {
    guard case .array(let array)? = metadata["tokenizer.ggml.scores"] else { return [] }
    return array.values(of: Float.self).map(Array.init) ?? []
  }

  /// The text, number or flag of a key, without `tokenizer.ggml.` in front.
  subscript(name: String) -> String? {
    switch metadata["tokenizer.ggml.\(name)"] ?? metadata["tokenizer.\(name)"] {
    case .string(let text)?: text
    case .bool(let flag)?: "\(flag)"
    case let value?: value.integer.map { "\($0)" }
    case nil: nil
    }
  }
}

extension Metadata {
  fileprivate func strings(_ name: String) -> [String] {
    guard case .array(let array)? = self["tokenizer.ggml.\(name)"] else { return [] }
    return array.strings.map(Array.init) ?? []
  }
}
