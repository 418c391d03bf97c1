/// The tokens that a class of tokenizers gives roles to where no file does.
///
/// Specification: `spec/tokenizers.md`, clause T5.
struct TokenizerClass {
  private let texts: [SpecialRole: String]

  /// The text of the token that has a role.
  subscript(role: SpecialRole) -> String? { texts[role] }

  /// The class of this name, or that which models of a type have.
  static func named(_ name: String?, modelType: String?) -> TokenizerClass? {
    let name = name ?? modelType.flatMap { classes[$0] }
    return name.flatMap { texts[$0] }.map(TokenizerClass.init)
  }

  private static let endOfText: [SpecialRole: String] = [
    .bos: "<|endoftext|>", .eos: "<|endoftext|>", .unk: "<|endoftext|>",
  ]
  private static let bert: [SpecialRole: String] = [
    .unk: "[UNK]", .sep: "[SEP]", .pad: "[PAD]", .cls: "[CLS]", .mask: "[MASK]",
  ]
  private static let roberta: [SpecialRole: String] = [
    .bos: "<s>", .eos: "</s>", .unk: "<unk>", .sep: "</s>", .pad: "<pad>", .cls: "<s>", .mask: "<mask>",
  ]

  private static let texts: [String: [SpecialRole: String]] = [
    "BertTokenizer": bert, "DistilBertTokenizer": bert, "ElectraTokenizer": bert, "MobileBertTokenizer": bert,
    "CodeGenTokenizer": endOfText, "GPT2Tokenizer": endOfText, "GPTNeoXTokenizer": endOfText,
    "RobertaTokenizer": roberta, "XLMRobertaTokenizer": roberta,
    "LlamaTokenizer": [.bos: "<s>", .eos: "</s>", .unk: "<unk>"],
    "GemmaTokenizer": [.bos: "<bos>", .eos: "<eos>", .unk: "<unk>", .pad: "<pad>"],
    "Qwen2Tokenizer": [.eos: "<|endoftext|>", .unk: "<|endoftext|>", .pad: "<|endoftext|>"],
  ]

  private static let classes = [
    "bert": "BertTokenizer", "distilbert": "DistilBertTokenizer", "gemma": "GemmaTokenizer",
    "gemma2": "GemmaTokenizer", "gemma3": "GemmaTokenizer", "gemma3_text": "GemmaTokenizer",
    "gpt2": "GPT2Tokenizer", "granite": "GPT2Tokenizer", "llama": "LlamaTokenizer",
    "mistral": "LlamaTokenizer",
    "mixtral": "LlamaTokenizer", "nomic_bert": "BertTokenizer", "olmo": "GPTNeoXTokenizer",
    "olmo2": "GPTNeoXTokenizer", "phi": "CodeGenTokenizer", "phi3": "LlamaTokenizer",
    "qwen2": "Qwen2Tokenizer",
    "qwen2_moe": "Qwen2Tokenizer", "qwen3": "Qwen2Tokenizer", "qwen3_moe": "Qwen2Tokenizer",
    "roberta": "RobertaTokenizer", "stablelm": "GPTNeoXTokenizer", "starcoder2": "GPT2Tokenizer",
    "xlm-roberta": "XLMRobertaTokenizer",
  ]
}
