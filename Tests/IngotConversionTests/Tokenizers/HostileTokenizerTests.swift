import IngotCheckpoints
import IngotContainer
import IngotFiles
import IngotTestSupport
import Testing

@testable import IngotConversion

/// Broken files of tokenizers give typed errors, and never a trap.
@Suite struct HostileTokenizerTests {
  /// Loads whatever there is, and records an error of another type.
  private func load(_ strategy: TokenizerStrategy, _ fixture: TokenizerFixture, _ comment: String) {
    do {
      _ = try fixture.load(strategy, size: 700)
    } catch is CheckpointError, is ConversionError, is FileError {
    } catch {
      Issue.record("\(error) of \(comment)")
    }
  }

  private func fixture(_ name: String) throws -> (TokenizerFixture, (String) throws -> [UInt8]) {
    let fixture = try TokenizerFixture()
    for file in ["tokenizer.json", "tokenizer.model", "tokenizer_config.json", "config.json"] {
      if let bytes = try? TestData.bytes("huggingface/\(name)/\(file)") {
        try fixture.folder.write(bytes, to: file)
      }
    }
    return (fixture, { try TestData.bytes("huggingface/\(name)/\($0)") })
  }

  private static let cases: [(String, String, TokenizerStrategy)] = [
    ("llama3-bpe-tied-bf16", "tokenizer.json", .llama), ("qwen2-bpe-f32", "tokenizer.json", .bytePairs),
    ("bert-wordpiece-f32", "tokenizer.json", .nomicBert), ("llama-spm-f32", "tokenizer.model", .llama),
    ("llama3-bpe-tied-bf16", "tokenizer_config.json", .llama), ("phi3-spm-bf16", "tokenizer.model", .phi3),
  ]

  @Test(arguments: cases) func truncationsAreRefused(
    _ name: String, _ file: String, _ strategy: TokenizerStrategy
  ) throws {
    let (fixture, bytes) = try fixture(name)
    let whole = try bytes(file)
    var generator = SeededGenerator(seed: 7)
    let ends =
      [0, 1, 2, whole.count - 1] + (0..<12).map { _ in Int.random(in: 0..<whole.count, using: &generator) }
    for end in ends {
      try fixture.folder.write(whole.prefix(end), to: file)
      load(strategy, fixture, "\(file) cut to \(end) bytes")
    }
  }

  @Test(arguments: cases) func changedBytesGiveTypedErrors(
    _ name: String, _ file: String, _ strategy: TokenizerStrategy
  ) throws {
    let (fixture, bytes) = try fixture(name)
    let whole = try bytes(file)
    let seed = UInt64.random(in: .min ... .max)
    var generator = SeededGenerator(seed: seed)
    for round in 0..<20 {
      var changed = whole
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        let position = Int.random(in: 0..<changed.count, using: &generator)
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: changed[position] = UInt8.random(in: .min ... .max, using: &generator)
        case 1: changed[position] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case 2: changed.remove(at: position)
        default:
          let words = ["null", "[", "{", "\"", "-1", "99999999999999999999", "true", "[[[[[[", ":", ","]
          changed.insert(
            contentsOf: Array(words.randomElement(using: &generator).map(\.utf8) ?? "".utf8), at: position)
        }
      }
      try fixture.folder.write(changed, to: file)
      load(strategy, fixture, "seed \(seed), round \(round) of \(file)")
    }
  }

  /// One strategy for each way to read `tokenizer.json`.
  private static let kinds: [TokenizerStrategy] = [.bytePairs, .llama, .wordPiece, .unigram]

  /// Values in each place where another kind of value is asked for.
  @Test(arguments: ["null", "0", "-1", "true", #""x""#, "[]", "{}", "[[]]", #"[{"content":1}]"#, "1e400"])
  func valuesOfOtherKindsGiveTypedErrors(_ value: String) throws {
    for member in ["added_tokens", "normalizer", "pre_tokenizer", "post_processor", "decoder", "model"] {
      let json = #"{"\#(member)":\#(value),"model\#(member == "model" ? "2" : "")":{"vocab":{"a":0}}}"#
      for strategy in Self.kinds {
        load(strategy, try TokenizerFixture(["tokenizer.json": json]), json)
      }
    }
    for member in ["vocab", "merges", "type", "unk_id", "byte_fallback", "ignore_merges"] {
      for type in ["BPE", "Unigram", "WordPiece"] {
        let json =
          #"{"model":{"\#(member)":\#(value)\#(member == "type" ? "" : ",\"type\":\"\(type)\"")},"decoder":{"type":"Sequence"}}"#
        for strategy in Self.kinds {
          load(strategy, try TokenizerFixture(["tokenizer.json": json]), json)
        }
      }
    }
    for member in [
      "added_tokens_decoder", "chat_template", "bos_token", "tokenizer_class", "additional_special_tokens",
    ] {
      let files = [
        "tokenizer.json": TokenizerFixture.bytePairs(), "tokenizer_config.json": #"{"\#(member)":\#(value)}"#,
        "config.json": #"{"bos_token_id":\#(value),"text_config":\#(value)}"#, "added_tokens.json": value,
        "special_tokens_map.json": value, "chat_template.json": value,
      ]
      load(.bytePairs, try TokenizerFixture(files), "\(member) \(value)")
    }
  }

  @Test func treesOfManyValuesAreRefused() throws {
    let json = #"{"normalizer":[\#(String(repeating: "0,", count: 1 << 20))0],"model":{}}"#
    let error = try #require(throws: CheckpointError.self) {
      try TokenizerFixture(["tokenizer.json": json]).load(.bytePairs)
    }
    #expect(error.code == .limit)
    #expect(error.offset == 15 + 2 * ((1 << 20) - 1))
  }

  @Test func largeModelsOfSentencePieceAreRefusedBeforeTheyAreRead() throws {
    let fixture = try TokenizerFixture(["tokenizer.model": "x"])
    try fixture.folder.truncate("tokenizer.model", to: (32 << 20) + 1)
    let error = try #require(throws: CheckpointError.self) { try fixture.load(.sentencePiece) }
    #expect(error.code == .limit)
  }
}
