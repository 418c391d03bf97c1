import IngotCheckpoints
import IngotContainer
import IngotTestSupport
import Testing

@testable import IngotConversion

/// What a decoder makes of one token: T5.5.
@Suite struct TokenDecoderTokenizerTests {
  /// The texts that a decoder makes of added tokens, told as a whole file.
  private func text(of token: String, _ decoder: String, cleansUp: Bool = false) throws -> String {
    let json = TokenizerFixture.bytePairs(
      more: #""added_tokens":[{"id":3,"content":"\#(token)","special":true,"normalized":false}]"#
    ).replacingBytes(of: #""decoder":{"type":"ByteLevel"}"#, with: #""decoder":\#(decoder)"#)
    let tokenizer = try TokenizerFixture([
      "tokenizer.json": json, "tokenizer_config.json": #"{"clean_up_tokenization_spaces":\#(cleansUp)}"#,
    ]).load(.bytePairs)
    return try #require(tokenizer.tokens.dropFirst(3).first)
  }

  @Test(arguments: [
    ("ĠaĊ", #"{"type":"ByteLevel"}"#, " a\n"), ("a b", #"{"type":"ByteLevel"}"#, "a b"),
    ("Ãī", #"{"type":"ByteLevel"}"#, "É"), ("é", #"{"type":"ByteLevel"}"#, "\u{FFFD}"),
    ("<0x41>", #"{"type":"ByteFallback"}"#, "A"), ("<0xZZ>", #"{"type":"ByteFallback"}"#, "<0xZZ>"),
    ("▁▁x", #"{"type":"Metaspace","replacement":"▁","prepend_scheme":"always"}"#, "x"),
    ("▁x", #"{"type":"Metaspace","replacement":"▁","prepend_scheme":"never"}"#, " x"),
    ("▁x", #"{"type":"Metaspace","replacement":"▁","add_prefix_space":true}"#, "x"),
    ("a▁b", #"{"type":"Replace","pattern":{"String":"▁"},"content":" "}"#, "a b"),
    ("q", #"{"type":"Replace","pattern":{"Regex":"q"},"content":"b"}"#, "q"),
    ("  x ", #"{"type":"Strip","content":" ","start":1,"stop":1}"#, " x"),
    ("x</w>", #"{"type":"BPEDecoder","suffix":"</w>"}"#, "x"),
    ("x ? do not", #"{"type":"WordPiece","prefix":"x","cleanup":true}"#, "x? don't"),
    ("x ?", #"{"type":"WordPiece","cleanup":false}"#, "x ?"), ("x", "null", "x"),
    ("x", #"{"type":"Fuse"}"#, "x"),
    (
      "▁▁x",
      #"{"type":"Sequence","decoders":[{"type":"Replace","pattern":{"String":"▁"},"content":" "},{"type":"ByteFallback"},{"type":"Fuse"},{"type":"Strip","content":" ","start":1,"stop":0}]}"#,
      " x"
    ),
  ])
  func stepsAreThoseOfTheLibrary(_ token: String, _ decoder: String, _ expected: String) throws {
    #expect(try text(of: token, decoder) == expected)
  }

  @Test func spacesAreLeftOutOfTheWholeIfTheConfigurationSaysSo() throws {
    #expect(try text(of: "a , b 's", "null", cleansUp: true) == "a, b's")
    #expect(try text(of: "a , b 's", "null") == "a , b 's")
  }

  @Test func warningsAreBounded() {
    var warnings = Warnings()
    for index in 0..<55 { warnings.append("\(index)") }
    warnings.append("0")
    #expect(warnings.all.count == 51)
    #expect(warnings.all.last == "6 more warnings of the tokenizer")
  }

  @Test func markThatCombinesWithWhatIsReplacedStays() {
    #expect("\u{2581}\u{301}x".replacingBytes(of: "\u{2581}", with: " ") == " \u{301}x")
    #expect("aaa".replacingBytes(of: "aa", with: "b") == "ba")
    #expect("x".replacingBytes(of: "", with: "b") == "x")
  }
}
