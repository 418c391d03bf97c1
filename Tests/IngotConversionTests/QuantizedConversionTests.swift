import IngotCheckpoints
import IngotEncodings
import IngotModel
import IngotTestSupport
import SystemPackage
import Testing

@testable import IngotConversion

/// Conversion of checkpoints whose weights are quantized: `spec/quantized.md`, clause Q1.6.
@Suite struct QuantizedConversionTests {
  // The plan names the scheme, with the names kept.
  @Test func aGenericPlanNamesTheScheme() async throws {
    let folder = try TemporaryFolder()
    let source = try Checkpoints.open(TestData.path("quantized/ct-mixed-precision"))
    let plan = try ConversionPlan(source)
    let changes = Dictionary(uniqueKeysWithValues: plan.tensors.map { ($0.name, $0.change) })
    #expect(changes["m.q.weight"] == "decoded from pack-quantized, 4 bits in groups of 16")
    #expect(changes["lm_head.weight"] == .some(nil))
    _ = try await ConversionPipeline(plan, from: source, threads: 2).run(to: folder.path("out.gguf"))
    let model = try ModelFile(opening: folder.path("out.gguf"))
    let expected = try Checkpoints.open(
      TestData.path("quantized/ct-mixed-precision/expected.safetensors"))
    for tensor in expected.tensors {
      let found = try #require(model.tensor(tensor.name))
      var bytes = [UInt8](repeating: 0, count: tensor.byteCount)
      try bytes.withUnsafeMutableBytes { try expected.read(tensor, bytes: 0..<$0.count, into: $0) }
      #expect(found.encoding == .f32)
      #expect(try found.withBlocks(rows: 0..<found.rowCount) { $0.withUnsafeBytes(Array.init) } == bytes)
    }
  }

  // The plan of a family names the scheme before what the family does.
  @Test func aFamilyPlanNamesTheScheme() throws {
    let model = try FamilyModel(opening: TestData.path("huggingface/llama-gptq-f16"))
    let plan = try ConversionPlan(model)
    let change = { (name: String) in plan.tensors.first { $0.name == name }?.change }
    #expect(
      change("blk.0.attn_q.weight") == "decoded from GPTQ, 4 bits in groups of 32, rows of 4 heads reordered")
    #expect(change("blk.0.ffn_up.weight") == "decoded from GPTQ, 4 bits in groups of 32")
    #expect(change("token_embd.weight") == .some(nil))
  }

  // Q2.3: a family refuses what this release does not decode, and names it.
  @Test(
    arguments: [
      (#""quant_method": "gptq""#, #""quant_method": "aqlm""#, "aqlm"),
      (#""checkpoint_format": "gptq""#, #""checkpoint_format": "marlin""#, "marlin"),
    ])
  func whatIsNotDecodedIsRefused(text: String, other: String, words: String) throws {
    let folder = try TemporaryFolder()
    for file in ["config.json", "model.safetensors", "tokenizer.model", "tokenizer_config.json"] {
      try folder.write(try TestData.bytes("huggingface/llama-gptq-f16/\(file)"), to: file)
    }
    let note = String(decoding: try folder.bytes(of: "config.json"), as: UTF8.self)
    let range = try #require(note.firstRange(of: text))
    try folder.write((note[..<range.lowerBound] + other + note[range.upperBound...]).utf8, to: "config.json")
    let error = #expect(throws: ConversionError.self) { try FamilyModel(opening: folder.path) }
    #expect(error?.code == .noCodec && error?.description.contains(words) == true)
    #expect(error?.description.contains("config.json") == true)
  }
}
