import IngotCheckpoints
import IngotContainer
import IngotTestSupport
import Testing

@testable import IngotConversion

/// The names of pre-tokenizers: T12.
@Suite struct PreTokenizerTests {
  private func load(
    _ preTokenizer: String, model: String = "", more: String = "", modelType: String? = nil,
    configuration: String = "{}", name: String? = nil
  ) throws -> String? {
    let fixture = try TokenizerFixture([
      "tokenizer.json": TokenizerFixture.bytePairs(model: model, preTokenizer: preTokenizer, more: more),
      "tokenizer_config.json": configuration,
    ])
    return try fixture.load(.bytePairs, modelType: modelType, preTokenizer: name)["pre"]
  }

  /// The JSON of steps.
  private static func json(_ steps: [PreTokenizerStructure.Step]) -> String {
    let texts = steps.map { step in
      switch step {
      case .split(let pattern):
        #"{"type":"Split","pattern":{"Regex":\#(literal(pattern))},"behavior":"Isolated","invert":false}"#
      case .splitOtherwise(let pattern, let way):
        #"{"type":"Split","pattern":{"Regex":\#(literal(pattern))},"behavior":"\#(way)"}"#
      case .digits(let each): #"{"type":"Digits","individual_digits":\#(each)}"#
      case .punctuation(let way): #"{"type":"Punctuation","behavior":"\#(way)"}"#
      case .bytes(let cuts): #"{"type":"ByteLevel","add_prefix_space":false,"use_regex":\#(cuts)}"#
      case .other(let name): #"{"type":"\#(name)"}"#
      }
    }
    return #"{"type":"Sequence","pretokenizers":[\#(texts.joined(separator: ","))]}"#
  }

  private static func literal(_ text: String) -> String {
    "\""
      + text.replacingBytes(of: "\\", with: "\\\\").replacingBytes(of: "\"", with: "\\\"")
      .replacingBytes(of: "\r", with: "\\r").replacingBytes(of: "\n", with: "\\n") + "\""
  }

  @Test func eachStructureHasItsName() throws {
    for known in KnownPreTokenizer.all where known.condition == .none {
      #expect(try load(Self.json(known.steps)) == known.name)
    }
  }

  @Test func theSpecificationHasEachNameAndExpression() throws {
    let page = TestData.packageRoot.appending("spec").appending("tokenizers.md")
    let text = String(decoding: try TestData.bytes(at: page), as: UTF8.self)
    for known in KnownPreTokenizer.all {
      #expect(text.utf8.firstOffset(of: "| `\(known.name)` |") != nil)
      for case .split(let pattern) in known.steps {
        #expect(text.utf8.firstOffset(of: pattern) != nil, "\(pattern)")
      }
    }
  }

  @Test func theSpecificationHasTheLimits() throws {
    let text = String(
      decoding: try TestData.bytes(at: TestData.packageRoot.appending("spec").appending("limits.md")),
      as: UTF8.self)
    for limit in [
      TokenLimits.tokenCount, TokenLimits.mergeCount, Int(TokenLimits.sentencePieceByteCount), 1 << 20,
    ] {
      #expect(text.contains("| \(limit) | `LIMIT`"), "\(limit)")
    }
  }

  @Test func eachNameIsOneThatReadersKnow() {
    for known in KnownPreTokenizer.all { #expect(PreTokenizerNames.bytePairs.contains(known.name)) }
  }

  @Test func wholeWordsTellLlamaFromOthersWithItsExpression() throws {
    let steps = Self.json([.split(KnownPreTokenizer.cl100k), .bytes(cutting: false)])
    #expect(try load(steps) == "dbrx")
    #expect(try load(steps, model: #","ignore_merges":true"#) == "llama-bpe")
    let glm = #""added_tokens":[{"id":3,"content":"[gMASK]"}]"#
    #expect(try load(steps, model: #","ignore_merges":true"#, more: glm) == "glm4")
    #expect(try load(steps, more: glm) == "chatglm-bpe")
  }

  @Test func theTypeOfTheModelTellsFamiliesApart() throws {
    let digits = Self.json([.digits(each: true), .bytes(cutting: true)])
    #expect(try load(digits, modelType: "granite") == "refact")
    #expect(try load(digits, modelType: "cohere") == "command-r")
    #expect(try load(digits, modelType: "llama") == "smollm")
    #expect(
      try load(digits, modelType: "llama", configuration: #"{"clean_up_tokenization_spaces":true}"#)
        == "refact")
    #expect(try load(digits, modelType: "starcoder2") == "starcoder")
    let qwen = Self.json([.split(KnownPreTokenizer.qwen2), .bytes(cutting: false)])
    #expect(try load(qwen, modelType: "stablelm") == "stablelm2")
    #expect(try load(qwen, modelType: "qwen3") == "qwen2")
  }

  @Test func oneExpressionInTwoWaysOfWritingIsTheSame() throws {
    let spelt = KnownPreTokenizer.qwen2.replacingBytes(
      of: KnownPreTokenizer.contractions.plain, with: KnownPreTokenizer.contractions.spelt
    ).replacingBytes(of: "\\r", with: "\r").replacingBytes(of: "\\n", with: "\n")
    #expect(try load(Self.json([.split(spelt), .bytes(cutting: false)])) == "qwen2")
    let inverted =
      #"{"type":"Split","pattern":{"Regex":\#(Self.literal(KnownPreTokenizer.o200k))},"behavior":"Removed","invert":true}"#
    let bytes = #"{"type":"ByteLevel","add_prefix_space":false,"use_regex":false}"#
    #expect(try load(#"{"type":"Sequence","pretokenizers":[\#(inverted),\#(bytes)]}"#) == "gpt-4o")
  }

  @Test func anUnknownStructureIsRefusedWithTheNearest() throws {
    let steps = Self.json([
      .split(KnownPreTokenizer.qwen2.replacingBytes(of: #"|\p{N}|"#, with: #"|\p{N}{1,2}|"#)),
      .bytes(cutting: false),
    ])
    let error = try #require(throws: ConversionError.self) { try load(steps) }
    #expect(error.code == .preTokenizer)
    for part in ["qwen2", "--pre-tokenizer NAME", #"\p{N}{1,2}"#] {
      #expect(error.description.contains(part), "\(error.description)")
    }
  }

  @Test(arguments: ["null", #"{"type":"Metaspace"}"#, #"{"type":"Split"}"#, "[]", #"{"type":"Sequence"}"#])
  func structuresWithoutBytesAreRefused(_ steps: String) throws {
    let error = try #require(throws: ConversionError.self) { try load(steps) }
    #expect(error.code == .preTokenizer)
  }

  @Test func aNameThatIsGivenGoesBeforeTheStructure() throws {
    #expect(try load("null", name: "tekken") == "tekken")
    let error = try #require(throws: ConversionError.self) { try load("null", name: "qwen-2") }
    #expect(error.code == .preTokenizer)
    #expect(error.description.contains("\"qwen2\""))
  }

  @Test func aSpaceInFrontOfTextsIsToldOf() throws {
    let fixture = try TokenizerFixture([
      "tokenizer.json": TokenizerFixture.bytePairs(
        preTokenizer: #"{"type":"ByteLevel","add_prefix_space":true}"#)
    ])
    let tokenizer = try fixture.load(.bytePairs)
    #expect(tokenizer["pre"] == "gpt-2")
    #expect(tokenizer.warnings.count == 1)
  }

  @Test func olderFilesAreKnownByTheirClass() throws {
    let files = ["vocab.json": #"{"a":0}"#, "merges.txt": "a a"]
    #expect(try TokenizerFixture(files).load(.bytePairs, modelType: "qwen2")["pre"] == "qwen2")
    let error = try #require(throws: ConversionError.self) { try TokenizerFixture(files).load(.bytePairs) }
    #expect(error.code == .preTokenizer)
  }
}
