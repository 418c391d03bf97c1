import Foundation
import IngotCheckpoints
import IngotContainer
import IngotTestSupport
import SystemPackage
import Testing

@testable import IngotConversion

/// A folder for which the reference converter has said what it writes: `expected.json` beside the model.
struct ReferenceTokenizer: CustomTestStringConvertible {
  let folder: FilePath

  var testDescription: String { folder.lastComponent?.string ?? "" }

  /// Those of `testdata/huggingface`, and those of the folder that `INGOT_REFERENCE_MODELS` names.
  static let all: [ReferenceTokenizer] = {
    let more = ProcessInfo.processInfo.environment["INGOT_REFERENCE_MODELS"].map { FilePath($0) }
    return [TestData.path("huggingface"), more].compactMap(\.self).flatMap { root in
      ((try? FileManager.default.contentsOfDirectory(atPath: root.string)) ?? []).sorted()
        .map { ReferenceTokenizer(folder: root.appending($0)) }
    }
  }()

  /// The keys of which T14 says that they differ on purpose, and those that a family writes and not its tokenizer.
  private static let differences: [String: Set<String>] = [
    "Qwen3-Reranker-Tiny": ["tokenizer.chat_template.rerank", "tokenizer.chat_templates"],
    "granite-vocab-llama-bf16": ["tokenizer.ggml.pre"],
    "llama-template-list-bf16": ["tokenizer.chat_templates"],
    "llama3-dict-specials-bf16": ["tokenizer.ggml.add_bos_token"],
    "nomic-bert-moe-f32": ["tokenizer.ggml.add_space_prefix"],
    "xlmr-json-f32": ["tokenizer.ggml.add_space_prefix"],
  ]

  /// Without the lines that differ on purpose.
  func comparable(_ lines: [String]) -> [String] {
    let left = Self.differences[testDescription] ?? []
    return lines.filter { !left.contains(String($0.prefix { $0 != ":" })) }
  }

  /// The keys of the vocabulary with their values in one line each, as the reference writes them; `nil` where it failed.
  func expected() throws -> [String]? {
    let answers = try #require(try ModelFolder(folder).json("expected.json"))
    guard let entries = (answers["auto"] ?? answers["f32"])?["metadata"]?.elements else { return nil }
    return try entries.compactMap { entry in
      let key = try #require(entry["key"]?.string)
      guard key.hasPrefix("tokenizer.") else { return nil }
      guard let element = entry["element"]?.string else {
        let value = try #require(entry["value"])
        let text = value.string ?? value.boolean.map { "\($0)" } ?? "\(value.integer ?? -1)"
        return "\(key): \(entry["type"]?.string ?? "") \(text)"
      }
      return "\(key): \(element)[\(entry["count"]?.integer ?? -1)] \(entry["sha256_of_lines"]?.string ?? "")"
    }
  }

  /// The same of what Ingot makes.
  static func lines(_ metadata: Metadata) throws -> [String] {
    try metadata.map { key, value in
      switch value {
      case .array(let array):
        let texts = array.map { text($0) + "\n" }.joined()
        return
          "\(key): \(array.elementType.name)[\(array.count)] \(try SHA256.hexadecimal(Array(texts.utf8)))"
      default: return "\(key): \(value.type.name) \(text(value))"
      }
    }
  }

  private static func text(_ value: MetadataValue) -> String {
    switch value {
    case .string(let text): text
    case .bool(let flag): "\(flag)"
    case .float32(let number): "\(Double(number))"
    default: value.integer.map { "\($0)" } ?? ""
    }
  }

  /// Reads the tokenizer as the family of the folder does.
  func load() throws -> ModelTokenizer {
    let folder = try ModelFolder(folder)
    let config = try #require(try folder.json("config.json"))
    let name = try #require(config["architectures"]?.elements?.first?.string)
    let strategy = try #require(Self.strategies.first { name.hasPrefix($0.0) }?.1)
    let types: [String: Int] = ["bert": 2, "xlm-roberta": 1, "roberta": 2]
    return try ModelTokenizer.load(
      strategy, from: folder,
      vocabularySize: config["vocab_size"]?.integer ?? config["text_config"]?["vocab_size"]?.integer,
      modelType: config["model_type"]?.string,
      tokenTypeCount: config["type_vocab_size"]?.integer ?? types[config["model_type"]?.string ?? ""])
  }

  private static let strategies: [(String, TokenizerStrategy)] = [
    ("LlamaModel", .llama), ("Llama", .llama), ("Mistral", .llama), ("Mixtral", .llama), ("Granite", .llama),
    ("BitNet", .sentencePiece), ("Qwen2Moe", .bytePairs), ("Qwen3Moe", .bytePairs), ("Qwen", .qwen),
    ("GemmaFor", .gemma), ("Gemma2", .gemma2), ("Gemma3", .gemma3), ("Phi3", .phi3), ("Phi", .phi2),
    ("Bert", .wordPiece), ("DistilBert", .wordPiece), ("JinaBert", .wordPiece), ("NomicBert", .nomicBert),
    ("Roberta", .roberta), ("XLMRoberta", .unigram), ("StableLm", .stableLM), ("GPT2", .bytePairs),
    ("GptOss", .bytePairs), ("Olmo", .bytePairs), ("Starcoder2", .bytePairs), ("ModernBert", .modernBert),
  ]
}
