import IngotCheckpoints
import IngotContainer
import IngotTestSupport
import Testing

@testable import IngotConversion

/// Roles, flags and templates: T7 to T10.
@Suite struct SpecialTokenizerTests {
  private static let added =
    #""added_tokens":[{"id":0,"content":"a","special":true},{"id":1,"content":"b","special":true},{"id":2,"content":"ab","special":true}]"#

  private func load(
    postProcessor: String = "null", configuration: String? = "{}", config: String? = nil, more: String = "",
    files: [String: String] = [:]
  ) throws -> ModelTokenizer {
    var files = files
    files["tokenizer.json"] = TokenizerFixture.bytePairs(
      more: Self.added + #","post_processor":\#(postProcessor)"# + more)
    files["tokenizer_config.json"] = configuration
    files["config.json"] = config
    return try TokenizerFixture(files).load(.bytePairs)
  }

  private static func template(_ single: String, pair: String = "") -> String {
    func parts(_ text: String) -> String {
      text.split(separator: " ").map {
        $0 == "A" || $0 == "B" ? #"{"Sequence":{"id":"\#($0)"}}"# : #"{"SpecialToken":{"id":"\#($0)"}}"#
      }.joined(separator: ",")
    }
    return #"{"type":"TemplateProcessing","single":[\#(parts(single))],"pair":[\#(parts(pair))]}"#
  }

  /// T8.
  @Test func rolesByTextGoBeforeRolesByNumber() throws {
    let tokenizer = try load(
      configuration: #"{"bos_token":"b","pad_token":{"content":"ab"}}"#,
      config: #"{"bos_token_id":0,"eos_token_id":2,"unk_token_id":[1],"text_config":{"sep_token_id":1}}"#)
    #expect(tokenizer["bos_token_id"] == "1")
    #expect(tokenizer["padding_token_id"] == "2")
    #expect(tokenizer["eos_token_id"] == "2")
    #expect(tokenizer["unknown_token_id"] == nil)
    #expect(tokenizer["seperator_token_id"] == "1")
    let keys = tokenizer.metadata.keys.filter { $0.hasSuffix("_id") }
    #expect(
      keys
        == ["bos", "padding", "eos", "seperator"].map { "tokenizer.ggml.\($0)_token_id" })
  }

  /// T8.
  @Test func numbersThatCannotBeAreRefused() throws {
    let error = try #require(throws: CheckpointError.self) { try load(config: #"{"eos_token_id":-1}"#) }
    #expect(error.code == .value)
    #expect(error.subject == .key("eos_token_id"))
  }

  /// T8.
  @Test func numbersBeyondAListOfPiecesAreLeftOut() throws {
    let fixture = try TokenizerFixture([
      "vocab.txt": "[PAD]\n[UNK]\nx\n", "config.json": #"{"pad_token_id":0,"eos_token_id":3}"#,
    ])
    let tokenizer = try fixture.load(.wordPiece)
    #expect(tokenizer["padding_token_id"] == "0")
    #expect(tokenizer["eos_token_id"] == nil)
    #expect(tokenizer.warnings.count == 1)
  }

  /// T7.
  @Test func aTemplateSaysWhichTokensTextsGet() throws {
    let tokenizer = try load(
      postProcessor: Self.template("a A b", pair: "a A b B b"),
      configuration: #"{"bos_token":"a","eos_token":"b"}"#)
    #expect(tokenizer["add_bos_token"] == "true")
    #expect(tokenizer["add_eos_token"] == "true")
    #expect(tokenizer["add_sep_token"] == "false")
  }

  /// T7.
  @Test func twoTokensBetweenTwoTextsAreASeparator() throws {
    let tokenizer = try load(
      postProcessor: Self.template("a A b", pair: "a A b b B b"),
      configuration: #"{"bos_token":"a","eos_token":"b"}"#)
    #expect(tokenizer["add_sep_token"] == "true")
    #expect(tokenizer["seperator_token_id"] == "1")
  }

  /// T7.
  @Test func theClassTokenBeginsTexts() throws {
    let tokenizer = try load(
      postProcessor: Self.template("a A b"), configuration: #"{"cls_token":"a","sep_token":"b"}"#)
    #expect(tokenizer["bos_token_id"] == "0")
    #expect(tokenizer["eos_token_id"] == "1")
    #expect(tokenizer["add_bos_token"] == "true")
  }

  /// T7.
  @Test func theEndThatATemplateSaysMakesTheOtherThatOfATurn() throws {
    let tokenizer = try load(
      postProcessor: Self.template("A b"), configuration: #"{"eos_token":"ab"}"#)
    #expect(tokenizer["eos_token_id"] == "1")
    #expect(tokenizer["eot_token_id"] == "2")
    #expect(tokenizer["add_eos_token"] == "true")
  }

  /// T7.
  @Test func tokensThatAreObjectsCountByTheirTexts() throws {
    let tokenizer = try load(
      postProcessor: Self.template("a A"),
      configuration: #"{"bos_token":{"content":"a"},"cls_token":{"content":"b"}}"#)
    #expect(tokenizer["add_bos_token"] == "true")
  }

  /// T7.
  @Test func robertaPutsTextsBetweenTokens() throws {
    let tokenizer = try load(
      postProcessor: #"{"type":"RobertaProcessing","cls":["a",0],"sep":["b",1]}"#,
      configuration: #"{"bos_token":"a"}"#)
    #expect(tokenizer["pre"] == "roberta-bpe")
    #expect(["bos", "eos", "sep"].map { tokenizer["add_\($0)_token"] } == ["true", "true", "true"])
    #expect(tokenizer["seperator_token_id"] == "1")
  }

  /// T7.
  @Test func theProcessorGoesBeforeTheFlagsOfTheConfiguration() throws {
    let tokenizer = try load(
      postProcessor: #"{"type":"Sequence","processors":[{"type":"ByteLevel"}]}"#,
      configuration: #"{"add_bos_token":true,"add_sep_token":true}"#)
    #expect(tokenizer["add_bos_token"] == "false")
    #expect(tokenizer["add_sep_token"] == "true")
    #expect(tokenizer.warnings.count == 1)
  }

  /// T7.
  @Test func withoutAConfigurationFlagsAreFoundAndRolesAreNot() throws {
    let tokenizer = try load(postProcessor: Self.template("a A b"), configuration: nil)
    #expect(tokenizer["add_bos_token"] == "true")
    #expect(tokenizer["bos_token_id"] == nil)
  }

  /// T9.
  @Test func templatesHaveNames() throws {
    let list =
      #"[{"name":"default","template":"D"},{"name":"tool use","template":"T"},{"name":"rag","template":"R"},{"name":"x"}]"#
    let tokenizer = try load(configuration: #"{"chat_template":\#(list)}"#)
    #expect(tokenizer["chat_template"] == "D")
    #expect(tokenizer["chat_template.tool_use"] == "T")
    guard case .array(let names)? = tokenizer.metadata["tokenizer.chat_templates"] else {
      Issue.record("no list of names")
      return
    }
    #expect(names.strings.map(Array.init) == ["tool_use", "rag"])
  }

  /// T9.
  @Test func templatesAreTakenFromTheFirstOfThreePlaces() throws {
    let files = ["chat_template.jinja": "J\r\nJ", "chat_template.json": #"{"chat_template":"S"}"#]
    let member = try load(configuration: #"{"chat_template":"C"}"#, files: files)
    #expect(member["chat_template"] == "C")
    let null = try load(configuration: #"{"chat_template":null}"#, files: files)
    #expect(null["chat_template"] == nil)
    let jinja = try load(configuration: #"{"x":1}"#, files: files)
    #expect(jinja["chat_template"] == "J\nJ")
    let json = try load(
      configuration: #"{"x":1}"#, files: ["chat_template.json": #"{"chat_template":"S"}"#])
    #expect(json["chat_template"] == "S")
    let none = try load(configuration: nil, files: files)
    #expect(none["chat_template"] == nil)
  }

  /// T9.
  @Test func moreTemplatesStandInAFolder() throws {
    let fixture = try TokenizerFixture([
      "tokenizer.json": TokenizerFixture.bytePairs(), "tokenizer_config.json": #"{"x":1}"#,
      "chat_template.jinja": "J",
    ])
    let folder = try fixture.folder.makeFolder("additional_chat_templates")
    for name in ["tool_use.jinja", "notes.txt"] {
      try fixture.folder.write(Array(name.utf8), to: "\(folder.lastComponent?.string ?? "")/\(name)")
    }
    let tokenizer = try fixture.load(.bytePairs)
    #expect(tokenizer["chat_template"] == "J")
    #expect(tokenizer["chat_template.tool_use"] == "tool_use.jinja")
    #expect(tokenizer["chat_template.notes"] == nil)
  }

  /// T10.
  @Test func whatTheNormalizerDoesIsSaid() throws {
    let steps = #"{"type":"Sequence","normalizers":[{"type":"Lowercase"},{"type":"StripAccents"}]}"#
    let tokenizer = try load(more: #","normalizer":\#(steps)"#)
    #expect(tokenizer["normalizer.lowercase"] == "true")
    #expect(tokenizer["normalizer.strip_accents"] == "true")
    let bert = try load(
      more: #","normalizer":{"type":"BertNormalizer","lowercase":false,"strip_accents":null}"#)
    #expect(bert["normalizer.lowercase"] == "false")
    #expect(bert["normalizer.strip_accents"] == nil)
  }
}
