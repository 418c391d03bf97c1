import IngotCheckpoints
import IngotContainer
import IngotTestSupport
import Testing

@testable import IngotConversion

/// Words and merges of byte pairs: T3 to T6.
@Suite struct BytePairTokenizerTests {
  private func load(
    _ json: String, configuration: String? = nil, size: Int? = nil, more: [String: String] = [:]
  ) throws -> ModelTokenizer {
    var files = more
    files["tokenizer.json"] = json
    files["tokenizer_config.json"] = configuration
    return try TokenizerFixture(files).load(.bytePairs, size: size)
  }

  /// T6.
  @Test func mergesMayBeTextsOrPairs() throws {
    let texts = try load(TokenizerFixture.bytePairs(merges: #"["a b","ab a"]"#))
    let pairs = try load(TokenizerFixture.bytePairs(merges: #"[["a","b"],["ab","a"]]"#))
    #expect(texts.merges == ["a b", "ab a"])
    #expect(pairs.merges == texts.merges)
  }

  /// T6.
  @Test func spacesWithinPartsOfMergesAreEscaped() throws {
    let tokenizer = try load(TokenizerFixture.bytePairs(merges: #"[[" a"," b "]]"#))
    #expect(tokenizer.merges == ["\u{120}a \u{120}b\u{120}"])
  }

  /// T4.
  @Test func placesWithoutATokenArePadded() throws {
    let tokenizer = try load(
      TokenizerFixture.bytePairs(vocabulary: #"{"a":0,"b":3}"#), size: 6)
    #expect(tokenizer.tokens == ["a", "[PAD1]", "[PAD2]", "b", "[PAD4]", "[PAD5]"])
    #expect(tokenizer.types == [1, 5, 5, 1, 5, 5])
    #expect(tokenizer.tokenCount == 6)
  }

  /// T3.
  @Test func keysStandInTheOrderOfTheReference() throws {
    let tokenizer = try load(TokenizerFixture.bytePairs())
    #expect(
      tokenizer.metadata.keys
        == ["model", "pre", "tokens", "token_type", "merges"].map { "tokenizer.ggml.\($0)" })
  }

  /// T4.
  @Test func numbersBeyondTheEmbeddingsAreRefused() throws {
    let json = TokenizerFixture.bytePairs(vocabulary: #"{"a":0,"b":1,"ab":4}"#)
    let error = try #require(throws: CheckpointError.self) { try load(json, size: 4) }
    #expect(error.code == .value)
    #expect(error.subject == .key("ab"))
    #expect(error.offset == UInt64(try #require(json.utf8.firstOffset(of: "\"ab\":4"))))
    #expect(error.path.lastComponent == "tokenizer.json")
  }

  /// T4.
  @Test func addedTokensBeyondTheEmbeddingsAreRefused() throws {
    let json = TokenizerFixture.bytePairs(more: #""added_tokens":[{"id":3,"content":"<x>"}]"#)
    let error = try #require(throws: CheckpointError.self) { try load(json, size: 3) }
    #expect(error.code == .value)
    #expect(error.subject == .key("<x>"))
  }

  /// T4.
  @Test(arguments: [#"{"a":0,"b":0}"#, #"{"a":0,"a":1}"#])
  func tokensThatShareANumberOrATextAreRefused(_ vocabulary: String) throws {
    let json = TokenizerFixture.bytePairs(vocabulary: vocabulary)
    let error = try #require(throws: CheckpointError.self) { try load(json) }
    #expect(error.code == .duplicate)
    let start = try #require(json.utf8.firstOffset(of: vocabulary))
    #expect(error.offset == UInt64(start + 7))
  }

  /// T4.
  @Test(arguments: [#"{"a":-1}"#, #"{"a":1.0}"#, #"{"a":"0"}"#, #"{"a":99999999999999999999}"#])
  func numbersInOtherFormsAreRefused(_ vocabulary: String) throws {
    let json = TokenizerFixture.bytePairs(vocabulary: vocabulary)
    let error = try #require(throws: CheckpointError.self) { try load(json) }
    #expect(error.code == .json)
    #expect(error.offset == UInt64(try #require(json.utf8.firstOffset(of: vocabulary)) + 5))
  }

  /// T4.
  @Test func hugeNumbersTakeNoMemory() throws {
    let error = try #require(throws: CheckpointError.self) {
      try load(TokenizerFixture.bytePairs(vocabulary: #"{"a":4194304}"#))
    }
    #expect(error.code == .limit)
  }

  /// T5.
  @Test func addedTokensGetTheTypesOfTheirFlagsAndForms() throws {
    let tokens = [
      #"{"id":3,"content":"<s>","special":true,"normalized":false}"#,
      #"{"id":4,"content":"<|tool|>","special":false,"normalized":false}"#,
      #"{"id":5,"content":"▁▁x","special":false,"normalized":true}"#,
      #"{"id":6,"content":"Ġyes","special":false,"normalized":false}"#,
      #"{"id":7,"content":"Ġno","special":false,"normalized":true}"#,
      #"{"id":8,"content":"<unused7>","special":false,"normalized":true}"#,
      #"{"id":9,"content":"<｜User｜>","special":false,"normalized":false}"#,
    ]
    let tokenizer = try load(
      TokenizerFixture.bytePairs(more: #""added_tokens":[\#(tokens.joined(separator: ","))]"#))
    #expect(tokenizer.tokens[3...] == ["<s>", "<|tool|>", "  x", " yes", "Ġno", "<unused7>", "<｜User｜>"])
    #expect(tokenizer.types == [1, 1, 1, 3, 3, 4, 4, 4, 3, 3])
  }

  /// T5.
  @Test func theConfigurationOverridesTheFlagsOfTheFile() throws {
    let json = TokenizerFixture.bytePairs(more: #""added_tokens":[{"id":1,"content":"b","special":false}]"#)
    #expect(try load(json).types == [1, 4, 1])
    let tokenizer = try load(
      json, configuration: #"{"added_tokens_decoder":{"1":{"content":"b","special":true}}}"#)
    #expect(tokenizer.types == [1, 3, 1])
  }

  /// T5.
  @Test func tokensWithARoleAreSigns() throws {
    let tokenizer = try load(TokenizerFixture.bytePairs(), configuration: #"{"eos_token":"ab"}"#)
    #expect(tokenizer.types == [1, 1, 3])
    let other = try load(TokenizerFixture.bytePairs(), configuration: #"{"eos_token":"<end>"}"#, size: 5)
    #expect(other.tokens == ["a", "b", "ab", "<end>", "[PAD4]"])
    #expect(other.types == [1, 1, 1, 3, 5])
  }

  /// T5.
  @Test(arguments: [
    #""additional_special_tokens":["b",{"content":"ab"}]"#, #""extra_special_tokens":["b","ab"]"#,
    #""extra_special_tokens":{"image_token":"b","audio_token":{"content":"ab"}}"#,
  ])
  func tokensWithOtherRolesAreSignsAsWell(_ member: String) throws {
    let tokenizer = try load(TokenizerFixture.bytePairs(), configuration: "{\(member)}")
    #expect(tokenizer.types == [1, 3, 3])
  }

  /// T5.
  @Test func aTokenWithARoleButWithoutAPlaceIsToldOf() throws {
    let tokenizer = try load(TokenizerFixture.bytePairs(), configuration: #"{"eos_token":"<end>"}"#, size: 3)
    #expect(tokenizer.tokens == ["a", "b", "ab"])
    #expect(tokenizer.warnings.contains { $0.contains("<end>") })
  }

  /// T5.
  @Test func theVocabularyDecidesTheNumberOfAnAddedToken() throws {
    let json = TokenizerFixture.bytePairs(
      more: #""added_tokens":[{"id":9,"content":"b"},{"id":9,"content":"<x>"}]"#)
    let tokenizer = try load(json)
    #expect(tokenizer.tokens == ["a", "b", "ab", "<x>"])
    #expect(tokenizer.warnings.count == 2)
  }

  /// T2.
  @Test func olderFilesOfBytePairsAreRead() throws {
    let fixture = try TokenizerFixture([
      "vocab.json": #"{"a":0,"b":1,"ab":2,"<|endoftext|>":3}"#,
      "merges.txt": "#version: 0.2\na b\n\nbroken\na b c\nab\tb\r\n",
      "tokenizer_config.json": #"{"tokenizer_class":"GPT2Tokenizer"}"#,
    ])
    let tokenizer = try fixture.load(.bytePairs)
    #expect(tokenizer.merges == ["a b", "ab b"])
    #expect(tokenizer.types == [1, 1, 1, 3])
    #expect(tokenizer["pre"] == "gpt-2")
    #expect(tokenizer.warnings.count == 2)
  }

  /// T2.
  @Test func aFolderWithoutAVocabularyIsRefused() throws {
    for strategy in TokenizerStrategy.allCases {
      let error = try #require(throws: ConversionError.self) {
        try TokenizerFixture(["tekken.json": "{}"]).load(strategy)
      }
      #expect(error.code == .tokenizer)
      #expect(error.description.contains("tekken.json"))
    }
  }

  /// T4.
  @Test(arguments: [(-1, CheckpointError.Code.value), (0, .value), (1 << 40, .limit)])
  func impossibleSizesAreRefused(_ size: Int, _ code: CheckpointError.Code) throws {
    let error = try #require(throws: CheckpointError.self) {
      try load(TokenizerFixture.bytePairs(), size: size)
    }
    #expect(error.code == code)
    #expect(error.subject == .key("vocab_size"))
  }
}

extension String.UTF8View {
  /// Where the bytes of a text begin.
  func firstOffset(of text: String) -> Int? {
    let (bytes, pattern) = (Array(self), Array(text.utf8))
    return bytes.indices.first { bytes[$0...].starts(with: pattern) }
  }
}
