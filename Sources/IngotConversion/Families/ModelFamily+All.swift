extension ModelFamily {
  /// Every family that this release converts, in the order of their names.
  public static let all: [ModelFamily] = [
    .bert, .bitNet, .distilBert, .gemma, .gemmaEmbedding, .gemma2, .gemma3, .gptOss, .gpt2, .granite,
    .jinaBert, .llama, .modernBert, .nomicBert, .olmo, .olmo2, .phi2,
    .phi3, .qwen2, .qwen2moe, .qwen3, .qwen3moe, .roberta, .stableLM, .starCoder2, .xlmRoberta,
  ]
}
