import IngotCheckpoints
import IngotContainer
import IngotTestSupport
import SwiftProtobuf
import Testing

@testable import IngotConversion

/// Vocabularies of SentencePiece: T2 to T5, T8, T11.
@Suite struct SentencePieceTokenizerTests {
  static let pieces: [(String, Float, SentencePieceModel.Piece.Kind)] = [
    ("<unk>", 0, .unknown), ("<s>", 0, .control), ("</s>", 0, .control), ("<0x0A>", 0, .byte),
    ("\u{2581}a", -1.5, .normal), ("own", 0, .userDefined), ("gone", -2, .unused),
  ]

  /// The bytes of a model.
  static func model(
    _ pieces: [(String, Float, SentencePieceModel.Piece.Kind)] = pieces,
    algorithm: SentencePieceTrainer.Algorithm = .bpe, characters: [UInt8] = []
  ) throws -> [UInt8] {
    var model = SentencePieceModel()
    model.pieces = pieces.map { text, score, kind in
      var piece = SentencePieceModel.Piece()
      (piece.text, piece.score, piece.kind) = (text, score, kind)
      return piece
    }
    model.trainer.algorithm = algorithm
    model.normalizer.addsDummyPrefix = false
    if !characters.isEmpty { model.normalizer.precompiledCharacters = .init(characters) }
    return try model.serializedBytes()
  }

  private func fixture(
    _ files: [String: String] = [:], model: [UInt8]? = nil, name: String = "tokenizer.model"
  ) throws -> TokenizerFixture {
    let fixture = try TokenizerFixture(files)
    try fixture.folder.write(model ?? Self.model(), to: name)
    return fixture
  }

  /// T3, T4.
  @Test func piecesKeepTheirScoresAndGetTypes() throws {
    let tokenizer = try fixture().load(.sentencePiece, size: 8)
    #expect(tokenizer.tokens == Self.pieces.map(\.0) + ["[PAD7]"])
    #expect(tokenizer.types == [2, 3, 3, 6, 1, 1, 5, 5])
    #expect(tokenizer.scores == [0, 0, 0, 0, -1.5, 0, -2, -10_000])
    #expect(
      tokenizer.metadata.keys
        == ["model", "pre", "tokens", "scores", "token_type"].map { "tokenizer.ggml.\($0)" })
    #expect(tokenizer["model"] == "llama")
    #expect(tokenizer["pre"] == "default")
  }

  /// T4.
  @Test func piecesBeyondTheEmbeddingsAreLeftOutAndToldOf() throws {
    let tokenizer = try fixture().load(.sentencePiece, size: 3)
    #expect(tokenizer.tokens == ["<unk>", "<s>", "</s>"])
    #expect(tokenizer.warnings.count == 1)
  }

  /// T5.
  @Test func addedTokensReplacePieces() throws {
    let decoder = [
      #""2":{"content":"</s>","special":true}"#, #""5":{"content":"\u2581\u2581","special":false}"#,
      #""7":{"content":"<|x|>"}"#, #""99":{"content":"far"}"#,
    ]
    let tokenizer = try fixture([
      "added_tokens.json": #"{"mine":6,"beyond":40}"#,
      "tokenizer_config.json": #"{"added_tokens_decoder":{\#(decoder.joined(separator: ","))}}"#,
    ]).load(.sentencePiece, size: 8)
    #expect(tokenizer.tokens[5...] == ["  ", "mine", "<|x|>"])
    #expect(tokenizer.types[5...] == [4, 4, 3])
    #expect(tokenizer.scores == [0, 0, -1000, 0, -1.5, -1000, -1000, -1000])
    #expect(tokenizer.warnings.count == 3)
  }

  /// T2.
  @Test func phi3TakesAddedTokensAsTheyStand() throws {
    let tokenizer = try fixture([
      "tokenizer_config.json": #"{"added_tokens_decoder":{"5":{"content":"<|x|>"}}}"#,
      "tokenizer.json": #"{"added_tokens":[{"id":6,"content":"\u2581","special":false}],"model":{}}"#,
    ]).load(.phi3, size: 7)
    #expect(tokenizer.tokens[5...] == ["<|x|>", "\u{2581}"])
    #expect(tokenizer.types[5...] == [4, 4])
  }

  /// T2.
  @Test func phi3RefusesNumbersBeyondTheEmbeddings() throws {
    let fixture = try fixture(["tokenizer_config.json": #"{"added_tokens_decoder":{"7":{"content":"x"}}}"#])
    let error = try #require(throws: CheckpointError.self) { try fixture.load(.phi3, size: 7) }
    #expect(error.code == .value)
    #expect(error.path.lastComponent == "tokenizer_config.json")
  }

  /// T11.
  @Test func familiesAddWhatNoFileSays() throws {
    let gemma = try fixture().load(.gemma)
    #expect(gemma["eot_token_id"] == "107")
    #expect(gemma["add_space_prefix"] == "false")
    #expect(try fixture().load(.gemma2)["eot_token_id"] == nil)
    #expect(try fixture().load(.gemma3)["add_space_prefix"] == "false")
    #expect(try fixture().load(.llama, size: 32016)["eot_token_id"] == "32010")
    #expect(try fixture().load(.llama, size: 49152)["add_bos_token"] == "false")
    let llama = try fixture(["tokenizer_config.json": #"{"add_prefix_space":false}"#]).load(.llama)
    #expect(llama.metadata.keys.first == "tokenizer.ggml.add_space_prefix")
  }

  /// T2.
  @Test func aFileThatWasMadeOfAModelHasNoScores() throws {
    let json = TokenizerFixture.bytePairs(
      vocabulary: #"{"<unk>":0,"<0x0a>":1,"x":2}"#, model: #","byte_fallback":true"#, preTokenizer: "null",
      more: #""added_tokens":[{"id":3,"content":"<|end|>"},{"id":4,"content":"tool"}]"#
    ).replacingBytes(
      of: #""decoder":{"type":"ByteLevel"}"#, with: #""decoder":{"type":"Sequence","decoders":[]}"#)
    let tokenizer = try TokenizerFixture([
      "tokenizer.json": json, "tokenizer_config.json": #"{"eos_token":"<|end|>","unk_token":"<unk>"}"#,
    ]).load(.llama, size: 6)
    #expect(tokenizer["model"] == "llama")
    #expect(tokenizer.types == [3, 6, 1, 3, 4, 5])
    #expect(tokenizer.scores == [-1000, -1000, -1000, -1000, -1000, -10_000])
    #expect(tokenizer["eos_token_id"] == "3")
  }

  /// T2, T3.
  @Test func unigramsMoveToWhereTheLibraryHasThem() throws {
    let model = try Self.model(algorithm: .unigram, characters: [1, 2, 255])
    let tokenizer = try fixture(model: model, name: "sentencepiece.bpe.model").load(.unigram)
    #expect(tokenizer.tokens == ["<s>", "<pad>", "</s>", "<unk>", "<0x0A>", "\u{2581}a", "own"])
    #expect(tokenizer.types == [3, 3, 3, 2, 6, 1, 1])
    #expect(tokenizer["model"] == "t5")
    #expect(tokenizer["add_space_prefix"] == "false")
    #expect(tokenizer["remove_extra_whitespaces"] == "true")
    #expect(
      tokenizer.metadata["tokenizer.ggml.precompiled_charsmap"]
        == .array(MetadataArray([1, 2, 255] as [UInt8])))
  }

  /// T2.
  @Test func pairsAreNoUnigrams() throws {
    let fixture = try fixture(name: "sentencepiece.bpe.model")
    let error = try #require(throws: ConversionError.self) { try fixture.load(.unigram) }
    #expect(error.code == .tokenizer)
  }

  /// T2.
  @Test func unigramsAreReadFromJSON() throws {
    let json =
      #"{"added_tokens":[{"id":0,"content":"<s>","special":true},{"id":2,"content":"x"}],"normalizer":{"type":"Sequence","normalizers":[{"type":"Precompiled","precompiled_charsmap":"AQL/"}]},"pre_tokenizer":{"type":"Metaspace","prepend_scheme":"always"},"model":{"type":"Unigram","unk_id":1,"vocab":[["<s>",0.0],["<unk>",-1],["x",-2.5]]}}"#
    let tokenizer = try TokenizerFixture([
      "tokenizer.json": json, "tokenizer_config.json": #"{"bos_token":"<s>"}"#,
    ]).load(.unigram, size: 4)
    #expect(tokenizer.tokens == ["<s>", "<unk>", "x", "[PAD3]"])
    #expect(tokenizer.types == [3, 2, 4, 5])
    #expect(tokenizer.scores == [0, -1, -2.5, -10_000])
    #expect(tokenizer["add_space_prefix"] == "true")
    #expect(
      tokenizer.metadata["tokenizer.ggml.precompiled_charsmap"]
        == .array(MetadataArray([1, 2, 255] as [UInt8])))
    let nomic = try TokenizerFixture(["tokenizer.json": json]).load(.nomicBert)
    #expect(nomic["model"] == "t5")
  }

  @Test(arguments: ["AQL", "AQ=C", "A===", "äöüß", "AQ L"]) func otherTextsAreNoBase64(_ text: String) {
    #expect(Base64.decode(text) == nil)
  }

  @Test func base64GivesBytes() {
    #expect(Base64.decode("") == [])
    #expect(Base64.decode("/+8=") == [255, 239])
    #expect(Base64.decode("AA==") == [0])
  }

  /// T13.
  @Test(arguments: [Float.nan, .infinity, -.infinity]) func scoresAreFinite(_ score: Float) throws {
    let fixture = try fixture(model: Self.model([("x", score, .normal)]))
    let error = try #require(throws: CheckpointError.self) { try fixture.load(.sentencePiece) }
    #expect(error.code == .value)
    #expect(error.subject == .key("x"))
  }

  @Test(arguments: [
    ([0x0A, 0x7F] as [UInt8], CheckpointError.Code.protocolBuffer), ([], .schema),
    ([0x0A, 0x02, 0x0A, 0xFF], .protocolBuffer),
    ([0x0A, 0x03, 0x0A, 0x01, 0xFF], .protocolBuffer),
    ([0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01], .protocolBuffer),
  ])
  func bytesThatAreNoModelAreRefused(_ bytes: [UInt8], _ code: CheckpointError.Code) throws {
    let fixture = try fixture(model: bytes)
    let error = try #require(throws: CheckpointError.self) { try fixture.load(.sentencePiece) }
    #expect(error.code == code)
    #expect(error.path.lastComponent == "tokenizer.model")
  }
}
