extension Architecture {
  /// Every architecture that this release knows, in the order of the specification.
  public static let all: [Architecture] = [
    llama, qwen2, qwen2moe, qwen3, qwen3moe, gemma, gemma2, gemma3, gemmaEmbedding, phi2, phi3, gpt2, gptneox,
    falcon,
    starcoder2, stablelm, olmo, olmo2, granite, granitemoe, commandR, bitnet, gptOss, mamba, bert, nomicBert,
    jinaBert, modernBert,
  ]
}
