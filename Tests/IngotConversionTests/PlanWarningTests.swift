import IngotCheckpoints
import IngotEncodings
import IngotTestSupport
import SystemPackage
import Testing

@testable import IngotConversion

/// What is done as asked for, though it may not be meant: `spec/conversion.md`, clause V2.9, and `spec/families.md`, N1.2.
@Suite struct PlanWarningTests {
  private let folder: TemporaryFolder
  private let source: FilePath

  init() throws {
    folder = try TemporaryFolder()
    let zeros = [UInt8](repeating: 0, count: 2 * 256 * 4)
    source = try folder.safetensors(
      ["blk.attn", "blk.ffn"].map { SourceTensor($0, "F32", [2, 256], zeros) }
        + [SourceTensor("ids", "I32", [2, 256], zeros)], name: "tiny.safetensors")
  }

  private func warnings(
    _ path: FilePath, _ target: ConversionOptions.Target, _ rules: [String] = []
  ) throws -> [String] {
    let options = ConversionOptions(
      target: target, rules: try rules.map { try TensorRule(parsing: $0) })
    return try ConversionPlan(try Checkpoints.open(path), options: options).warnings
  }

  @Test func aRuleThatDecidesNothingIsNamed() throws {
    #expect(try warnings(source, .encoding(.q4_0), ["attn=q8_0", "ffn=f16"]) == [])
    // One finds no name, one only what an earlier one has found, one only integers.
    let unused = try warnings(source, .own, ["atn=q8_0", "blk=q8_0", "ffn=f16", "ids=f32"])
    #expect(unused.count == 3)
    for (warning, rule) in zip(unused, ["atn=Q8_0", "ffn=F16", "ids=F32"]) {
      #expect(warning.contains(rule), "\(warning)")
    }
  }

  @Test func quantizingWhatIsQuantizedIsSaid() async throws {
    let quantized = folder.path("quantized.gguf")
    try await convert(source, to: quantized, ConversionOptions(target: .encoding(.q8_0)))
    let warning = try #require(try warnings(quantized, .encoding(.q4_0)).first)
    #expect(warning.hasPrefix("2 tensors are quantized already (Q8_0)"))
    let one = try #require(try warnings(quantized, .own, ["ffn=q4_0"]).first)
    #expect(one.hasPrefix("1 tensor is quantized already (Q8_0)"))
    // A copy adds no error, nor do floats.
    #expect(try warnings(quantized, .own) == [])
    #expect(try warnings(quantized, .encoding(.q8_0)) == [])
    #expect(try warnings(quantized, .encoding(.f32)) == [])
  }

  @Test func aFamilyThatTheConfigurationContradictsIsNamed() throws {
    let path = TestData.path("huggingface/llama3-bpe-tied-bf16")
    #expect(try FamilyModel(opening: path, family: .llama).warnings == FamilyModel(opening: path).warnings)
    let warnings = try FamilyModel(opening: path, family: .qwen2).warnings
    #expect(
      warnings.contains { $0.contains("LlamaForCausalLM") && $0.contains("llama") && $0.contains("qwen2") }
    )
  }
}
