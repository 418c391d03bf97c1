import IngotCheckpoints
import IngotFiles
import IngotTestSupport
import SystemPackage
import Testing

@testable import IngotConversion

/// How an adapter fits a model, whatever its configuration says: `spec/adapters.md`, clauses D2.1, D3.1 and D3.2.
@Suite struct LoRAFittingTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// An adapter of testdata with another configuration.
  private func adapter(_ name: String, changing text: String, to other: String) throws -> LoRAAdapter {
    let config = String(decoding: try TestData.bytes("adapters/\(name)/adapter_config.json"), as: UTF8.self)
    try #require(config.contains(text))
    try folder.write(Array(config.replacing(text, with: other).utf8), to: "adapter_config.json")
    try folder.write(
      try TestData.bytes("adapters/\(name)/adapter_model.safetensors"), to: "adapter_model.safetensors")
    return try LoRAAdapter(opening: folder.path)
  }

  private static func bytes(_ model: FamilyModel) throws -> [[UInt8]] {
    try model.checkpoint.tensors.map { tensor in
      var bytes = [UInt8](repeating: 0, count: tensor.byteCount)
      try bytes.withUnsafeMutableBytes {
        try model.checkpoint.read(tensor, bytes: 0..<tensor.byteCount, into: $0)
      }
      return bytes
    }
  }

  /// What `fan_in_fan_out` says of one module is not so for all: the family knows.
  @Test(arguments: [("gpt2", "gpt2-bpe-f32", true), ("llama", "llama-spm-f32", false)])
  func theFamilyKnowsWhichWayRoundMatricesStand(name: String, base: String, flag: Bool) throws {
    let path = TestData.path("huggingface/\(base)")
    let right = try LoRAAdapter(opening: TestData.path("adapters/\(name)"))
    let wrong = try adapter(name, changing: "\"fan_in_fan_out\": \(flag)", to: "\"fan_in_fan_out\": \(!flag)")
    #expect(right.pairs.map(\.pair.isTransposed) != wrong.pairs.map(\.pair.isTransposed))
    let expected = try Self.bytes(FamilyModel(opening: path, adding: [right]))
    #expect(try Self.bytes(FamilyModel(opening: path, adding: [wrong])) == expected)
    let file = try Self.bytes(FamilyModel(adapter: right, base: path))
    #expect(try Self.bytes(FamilyModel(adapter: wrong, base: path)) == file)
  }

  private func merge(_ base: [SourceTensor], _ tensors: [SourceTensor], _ config: String) throws
    -> MergedCheckpoint
  {
    let (model, adapter) = (try TemporaryFolder(), try TemporaryFolder())
    try model.safetensors(base)
    try adapter.write(Array(config.utf8), to: "adapter_config.json")
    try adapter.safetensors(tensors, name: "adapter_model.safetensors")
    return try MergedCheckpoint(Checkpoints.open(model.path), adding: LoRAAdapter(opening: adapter.path))
  }

  private static func ones(_ name: String, _ shape: [Int]) -> SourceTensor {
    SourceTensor(name, shape, [Float](repeating: 1, count: shape.reduce(1, *)))
  }

  /// Without a family the shape tells.
  @Test func theShapeTellsWhichWayRoundAMatrixStands() throws {
    let pair = [
      Self.ones("base_model.model.w.lora_A.weight", [2, 6]),
      Self.ones("base_model.model.w.lora_B.weight", [4, 2]),
    ]
    for (shape, flag) in [([4, 6], true), ([6, 4], false)] {
      let merged = try merge(
        [Self.ones("w.weight", shape)], pair, #"{"lora_alpha":2,"fan_in_fan_out":\#(flag)}"#)
      #expect(merged.tensor(named: "w.weight")?.shape == shape)
    }
  }

  /// New embeddings of a model whose output takes them are no merge that PEFT would make.
  @Test func newEmbeddingsOfATiedModelAreRefused() throws {
    let tied = Self.ones("model.embed_tokens.weight", [4, 6])
    let new = Self.ones("base_model.model.model.embed_tokens.modules_to_save.weight", [4, 6])
    #expect {
      _ = try merge([tied], [new], #"{"lora_alpha":2}"#)
    } throws: { ($0 as? ConversionError)?.code == .adapter && "\($0)".contains("for its output too") }
    _ = try merge([tied], [new], #"{"lora_alpha":2,"ensure_weight_tying":true}"#)
    _ = try merge([tied, Self.ones("lm_head.weight", [4, 6])], [new], #"{"lora_alpha":2}"#)
  }

  /// A name that is long, and patterns that are many, are refused before they cost anything.
  @Test func whatPatternsMayCostIsBounded() throws {
    let module = String(repeating: "a", count: 1025)
    let base = [Self.ones("\(module).weight", [4, 6])]
    let pair = [Self.ones("\(module).lora_A.weight", [2, 6]), Self.ones("\(module).lora_B.weight", [4, 2])]
    _ = try merge(base, pair, #"{"lora_alpha":2}"#)
    #expect {
      _ = try merge(base, pair, #"{"lora_alpha":2,"alpha_pattern":{"a+":3}}"#)
    } throws: { ($0 as? ConversionError)?.code == .adapter && "\($0)".contains("1024") }
    let many = (0..<5).map { "\"[a-\($0)]a{4000}\":1" }.joined(separator: ",")
    #expect {
      _ = try merge(base, pair, #"{"lora_alpha":2,"alpha_pattern":{\#(many)}}"#)
    } throws: { "\($0)".contains("alpha_pattern") }
  }
}
