import IngotCheckpoints
import IngotContainer
import IngotTestSupport
import Testing

@testable import IngotConversion

/// WordPiece: T3 to T5.
@Suite struct WordPieceTokenizerTests {
  /// T3.
  @Test func wordsGetASignAndWhatContinuesThemLosesOne() throws {
    let json =
      ###"{"added_tokens":[{"id":0,"content":"[CLS]","special":true}],"model":{"type":"WordPiece","vocab":{"[CLS]":0,"un":1,"##able":2,"##\u0301":3}}}"###
    let tokenizer = try TokenizerFixture(["tokenizer.json": json]).load(.wordPiece, size: 5)
    #expect(tokenizer.tokens == ["[CLS]", "\u{2581}un", "able", "\u{301}", "\u{2581}[PAD4]"])
    #expect(tokenizer.types == [3, 1, 1, 1, 5])
    #expect(
      tokenizer.metadata.keys
        == ["token_type_count", "model", "pre", "tokens", "token_type"].map { "tokenizer.ggml.\($0)" })
    #expect(tokenizer["model"] == "bert")
  }

  /// T2.
  @Test func wordsMayStandInLines() throws {
    let tokenizer = try TokenizerFixture([
      "vocab.txt": "[PAD]\r\n[UNK]\r\nx\r\n##y",
      "tokenizer_config.json": #"{"tokenizer_class":"BertTokenizer"}"#,
    ]).load(.wordPiece)
    #expect(tokenizer.tokens == ["[PAD]", "[UNK]", "\u{2581}x", "y"])
    #expect(tokenizer.types == [3, 3, 1, 1])
  }

  /// T4.
  @Test func lineThatStandsTwiceIsRefused() throws {
    let error = try #require(throws: CheckpointError.self) {
      try TokenizerFixture(["vocab.txt": "x\ny\nx\n"]).load(.wordPiece)
    }
    #expect(error.code == .duplicate)
  }

  /// T2.
  @Test func otherKindsAreRefused() throws {
    let error = try #require(throws: ConversionError.self) {
      try TokenizerFixture(["tokenizer.json": TokenizerFixture.bytePairs()]).load(.wordPiece)
    }
    #expect(error.code == .tokenizer)
  }
}
