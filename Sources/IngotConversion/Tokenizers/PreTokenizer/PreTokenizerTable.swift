/// A way to cut text into words that readers know, and the steps of `tokenizer.json` that are it.
///
/// Specification: `spec/tokenizers.md`, clause T12, which has the same table.
struct KnownPreTokenizer: Sendable {
  /// What must hold beside the steps, where several names have the same.
  enum Condition: Sendable, Hashable {
    /// Nothing: this name is for all others with these steps.
    case none
    /// A whole word that is a token is not put together from pairs: `ignore_merges`.
    case ignoresMerges
    /// Texts are put between tokens as RoBERTa does.
    case roberta
    /// The model is of one of these types.
    case modelTypes([String])
    /// The vocabulary has this added token.
    case addedToken(String)
    /// Spaces before punctuation are left out of texts: `clean_up_tokenization_spaces`.
    case cleansUp
    /// All of these.
    indirect case all([Condition])
  }

  let name: String
  let steps: [PreTokenizerStructure.Step]
  let condition: Condition

  init(_ name: String, _ steps: [PreTokenizerStructure.Step], if condition: Condition = .none) {
    self.name = name
    self.steps = steps
    self.condition = condition
  }

  /// All of them; of those with the same steps the first whose condition holds counts.
  ///
  /// Names that are left out stand in readers for the same as one that is here: `gpt-2` also for `phi-2`, `olmo`, `mpt`,
  /// `jais`, `trillion`, `granite-docling`, `modern-bert`, `gigachat`, `exaone4`, `mellum`, `a.x-4.0`, `jina-v2-es` and
  /// `jina-v2-de`; `roberta-bpe` for `jina-v1-en` and `jina-v2-code`; `starcoder` for `codeshell`, `exaone`, `minerva-7b` and
  /// `mellum2`; `llama-bpe` for `falcon3`, `falcon-h1`, `pixtral`, `midm-2.0`, `lfm2` and `jina-v5-nano`; `dbrx` for
  /// `smaug-bpe`; `qwen2` for `hunyuan`, `solar-open`, `grok-2`, `megrez`, `kormo`, `f2llmv2` and `deepseek-r1-qwen`;
  /// `deepseek-v3` for `hunyuan-dense`, `joyai-llm` and `hy_v4`; `gpt-4o` for `llama4`, `kanana2`, `talkie` and `minimax-m2`;
  /// `bloom` for `poro-chat` and `gpt3-finnish`; `bailingmoe` for `bailingmoe2` and `llada-moe`; `tiny_aya` for `cohere2moe`.
  static let all: [KnownPreTokenizer] = [
    KnownPreTokenizer("roberta-bpe", [.bytes(cutting: true)], if: .roberta),
    KnownPreTokenizer("gpt-2", [.bytes(cutting: true)]),

    KnownPreTokenizer("refact", digits, if: .modelTypes(["granite", "granitemoe", "granitemoehybrid"])),
    KnownPreTokenizer("command-r", digits, if: .modelTypes(["cohere", "cohere2"])),
    KnownPreTokenizer("refact", digits, if: .all([.modelTypes(["llama"]), .cleansUp])),
    KnownPreTokenizer("smollm", digits, if: .modelTypes(["llama", "smollm3"])),
    KnownPreTokenizer("exaone", digits, if: .modelTypes(["exaone"])),
    KnownPreTokenizer("starcoder", digits),

    KnownPreTokenizer("llama-bpe", split(cl100kPossessive), if: .ignoresMerges),
    KnownPreTokenizer("dbrx", split(cl100kPossessive)),
    KnownPreTokenizer("glm4", split(cl100k), if: .all([.addedToken("[gMASK]"), .ignoresMerges])),
    KnownPreTokenizer("chatglm-bpe", split(cl100k), if: .addedToken("[gMASK]")),
    KnownPreTokenizer("llama-bpe", split(cl100k), if: .ignoresMerges),
    KnownPreTokenizer("dbrx", split(cl100k)),

    KnownPreTokenizer("stablelm2", split(qwen2), if: .modelTypes(["stablelm"])),
    KnownPreTokenizer("qwen2", split(qwen2)),
    KnownPreTokenizer("qwen35", split(qwen35)),
    KnownPreTokenizer("gpt-4o", split(o200k)),
    KnownPreTokenizer("tekken", split(tekken)),
    KnownPreTokenizer("seed-coder", split(seedCoder)),
    KnownPreTokenizer("bailingmoe", split(bailing)),
    KnownPreTokenizer("exaone-moe", split(exaone)),
    KnownPreTokenizer("jais-2", split(jais2)),
    KnownPreTokenizer("ufakzeka", split(ufakzeka)),
    KnownPreTokenizer("kimi-k2", split(kimi)),
    KnownPreTokenizer("bloom", split(bloom)),
    KnownPreTokenizer("bloom", split(bloomAsReadersHaveIt)),
    KnownPreTokenizer("viking", [.split(bloom), .digits(each: true), .bytes(cutting: false)]),
    KnownPreTokenizer("tiny_aya", split(#"\d{1,3}(?=(?:\d{3})*\b)"#, o200k)),
    KnownPreTokenizer("minicpm5", split(#"\p{N}{1,3}"#, minicpm)),
    KnownPreTokenizer("superbpe", split(#"\p{N}+"#, #"(?=(\d{3})+(?!\d))"#)),

    KnownPreTokenizer("deepseek-v3", split(#"\p{N}{1,3}"#, chineseAndJapanese, deepSeek)),
    KnownPreTokenizer(
      "deepseek-coder",
      [
        .split(#"[\r\n]"#), .split(#"\s?\p{L}+"#), .split(#"\s?\p{P}+"#), .split(chineseAndKorean),
        .digits(each: true),
      ]
        + [.bytes(cutting: false)]),
    KnownPreTokenizer(
      "deepseek-llm",
      [
        .split(#"[\r\n]"#), .split(deepSeekLetters), .split(deepSeekSigns), .split(#"\s+$"#),
        .split(chineseAndKorean),
      ]
        + [.digits(each: true), .bytes(cutting: false)]),
    KnownPreTokenizer(
      "falcon",
      [.punctuation("Contiguous"), .bytes(cutting: true), .digits(each: false), .split("[0-9][0-9][0-9]")]),
  ]

  /// Each digit by itself, then as GPT-2.
  private static let digits: [PreTokenizerStructure.Step] = [.digits(each: true), .bytes(cutting: true)]

  /// Cuts by patterns, then bytes as letters.
  private static func split(_ patterns: String...) -> [PreTokenizerStructure.Step] {
    patterns.map { .split($0) } + [.bytes(cutting: false)]
  }
}
