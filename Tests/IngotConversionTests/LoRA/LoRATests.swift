import IngotCheckpoints
import IngotContainer
import IngotEncodings
import IngotFiles
import IngotTestSupport
import SystemPackage
import Testing

@testable import IngotConversion

/// Low-rank adapters: clauses D1 to D4 of `spec/adapters.md`.
@Suite struct LoRATests {
  /// The adapters of testdata, and the folders that they are for.
  static let adapters = [
    ("llama", "llama-spm-f32"), ("gpt2", "gpt2-bpe-f32"), ("qwen2", "qwen2-bpe-f32"),
    ("bert", "bert-wordpiece-f32"),
  ]

  private static func values(_ checkpoint: any Checkpoint, _ tensor: CheckpointTensor) throws -> [Float] {
    let buffers = WorkBuffers()
    let floats = try TensorReader(checkpoint, tensor)
      .decode(0..<tensor.elementCount, into: buffers.values, stored: buffers.stored)
    return withExtendedLifetime(buffers) { Array(floats) }
  }

  /// Values are those of PEFT's own merge, but for rounding: clause D3.
  @Test(arguments: adapters)
  func mergedValuesAreThoseOfTheReference(_ name: String, _ folder: String) throws {
    let path = TestData.path("adapters/\(name)")
    let base = try Checkpoints.open(TestData.path("huggingface/\(folder)"))
    let merged = try MergedCheckpoint(base, adding: LoRAAdapter(opening: path))
    let answers = try #require(try ModelFolder(path).json("merged.json")?.members)
    for (name, samples) in answers {
      let spelling =
        base.tensor(named: name.string) == nil ? name.string.withoutPrefix("transformer.") : name.string
      let tensor = try #require(merged.tensor(named: spelling), "\(spelling)")
      let found = try Self.values(merged, tensor)
      let original = try Self.values(base, #require(base.tensor(named: spelling)))
      #expect(found != original, "\(spelling)")
      for sample in samples.elements ?? [] {
        let place = try #require(sample.elements?[0].integer)
        let value = try #require(sample.elements?[1].number)
        #expect((Double(found[place]) - value).magnitude < 1e-6, "\(spelling), value \(place)")
      }
    }
    // Nothing else changes.
    for tensor in base.tensors
    where answers[ExactName(tensor.name)] == nil && answers[ExactName("transformer." + tensor.name)] == nil {
      let other = try #require(merged.tensor(named: tensor.name))
      #expect(other.type == tensor.type)
      #expect(try Self.values(merged, other) == Self.values(base, tensor), "\(tensor.name)")
    }
  }

  /// Any range of bytes is that of the whole.
  @Test func rangesAreThoseOfTheWhole() throws {
    for (name, folder, tensor) in [
      ("llama", "llama-spm-f32", "model.layers.0.mlp.down_proj.weight"),
      ("qwen2", "qwen2-bpe-f32", "model.embed_tokens.weight"),
    ] {
      let base = try Checkpoints.open(TestData.path("huggingface/\(folder)"))
      let merged = try MergedCheckpoint(
        base, adding: LoRAAdapter(opening: TestData.path("adapters/\(name)")))
      let tensor = try #require(merged.tensor(named: tensor))
      var whole = [UInt8](repeating: 0, count: tensor.byteCount)
      try whole.withUnsafeMutableBytes { try merged.read(tensor, bytes: 0..<tensor.byteCount, into: $0) }
      var generator = SeededGenerator(seed: 51)
      for _ in 0..<50 {
        let start = Int.random(in: 0...whole.count, using: &generator)
        let end = Int.random(in: start...min(whole.count, start + 3000), using: &generator)
        var part = [UInt8](repeating: 0, count: end - start)
        try part.withUnsafeMutableBytes { try merged.read(tensor, bytes: start..<end, into: $0) }
        #expect(part == Array(whole[start..<end]), "bytes \(start)..<\(end), seed 51")
      }
    }
  }

  /// The file of an adapter has two matrices for each weight, the rows of B in the order of the weight's: clause D4.
  @Test func theFileOfAnAdapter() throws {
    let adapter = try LoRAAdapter(opening: TestData.path("adapters/llama"))
    let model = try FamilyModel(adapter: adapter, base: TestData.path("huggingface/llama-spm-f32"))
    #expect(try model.metadata.string("general.type") == "adapter")
    #expect(try model.metadata.string("general.architecture") == "llama")
    #expect(try model.metadata.string("adapter.type") == "lora")
    #expect(try model.metadata.float("adapter.lora.alpha") == 6)
    let derived = model.checkpoint.derived
    #expect(derived.count == 2 * adapter.pairs.count)
    let query = try #require(derived.first { $0.name == "blk.1.attn_q.weight.lora_b" })
    #expect(query.shape == [64, 4])
    let tensor = try #require(model.checkpoint.tensor(named: query.label))
    let found = try Self.values(model.checkpoint, tensor)
    let pair = try #require(adapter.pairs.first { $0.name == "model.layers.1.self_attn.q_proj.weight" }?.pair)
    let stored = try Self.values(adapter.checkpoint, pair.outputs)
    // Row 1 is row 8 of the head, and alpha_pattern makes the product 10/6 times as large.
    #expect(Array(found[4..<8]) == stored[32..<36].map { $0 * (pair.scale / (Float(6) / 4)) })
  }

  @Test func whatTheFileCannotSayIsRefused() throws {
    let qwen = try LoRAAdapter(opening: TestData.path("adapters/qwen2"))
    #expect { try FamilyModel(adapter: qwen, base: TestData.path("huggingface/qwen2-bpe-f32")) } throws: {
      ($0 as? ConversionError)?.code == .adapter && "\($0)".contains("without --adapter")
    }
  }
}

/// Adapters that cannot be merged are refused with what is wrong with them: clauses D1 and D2.
@Suite struct LoRARefusalTests {
  private let folder: TemporaryFolder
  private let base: any Checkpoint

  init() throws {
    folder = try TemporaryFolder()
    try folder.safetensors(
      [SourceTensor("model.layer.weight", [4, 6], [Float](repeating: 1, count: 24))], name: "base.safetensors"
    )
    base = try Checkpoints.open(folder.path("base.safetensors"))
  }

  private static let config = #"{"peft_type":"LORA","r":2,"lora_alpha":4}"#

  private func merge(
    _ tensors: [SourceTensor], config: String = config
  ) throws -> MergedCheckpoint {
    let adapter = try TemporaryFolder()
    try adapter.write(Array(config.utf8), to: "adapter_config.json")
    try adapter.safetensors(tensors, name: "adapter_model.safetensors")
    return try MergedCheckpoint(base, adding: LoRAAdapter(opening: adapter.path))
  }

  private static func pair(
    _ inputs: [Int], _ outputs: [Int], module: String = "base_model.model.model.layer"
  ) -> [SourceTensor] {
    [
      SourceTensor("\(module).lora_A.weight", inputs, [Float](repeating: 1, count: inputs.reduce(1, *))),
      SourceTensor("\(module).lora_B.weight", outputs, [Float](repeating: 1, count: outputs.reduce(1, *))),
    ]
  }

  private func refused(
    _ tensors: [SourceTensor], config: String = config, _ words: String,
    at location: SourceLocation = #_sourceLocation
  ) {
    #expect(sourceLocation: location) { try merge(tensors, config: config) } throws: {
      ($0 as? ConversionError)?.code == .adapter && "\($0)".contains(words)
    }
  }

  @Test func aPairIsAdded() throws {
    let merged = try merge(Self.pair([2, 6], [4, 2]))
    var values = [Float](repeating: 0, count: 24)
    let tensor = try #require(merged.tensor(named: "model.layer.weight"))
    try values.withUnsafeMutableBytes { try merged.read(tensor, bytes: 0..<96, into: $0) }
    #expect(values == [Float](repeating: 1 + 2 * 2, count: 24))
  }

  /// The plan says what the adapter does: clause D3.
  @Test func whatTheAdapterDoesIsTold() throws {
    let merged = try merge(Self.pair([2, 6], [4, 2]))
    #expect(merged.change(of: "model.layer.weight") == "adapter of rank 2 added")
    let replaced = try merge([
      SourceTensor("base_model.model.model.layer.weight", [4, 6], [Float](repeating: 3, count: 24))
    ])
    #expect(replaced.change(of: "model.layer.weight") == "taken from the adapter")
  }

  /// Weights of the model that PEFT saves beside a pair are no change: clause D4.4.
  @Test func weightsOfTheModelBesideAPairAreLeftOut() throws {
    let adapter = try TemporaryFolder()
    try adapter.write(Array(Self.config.utf8), to: "adapter_config.json")
    let module = "base_model.model.lm_head"
    let base = SourceTensor("\(module).base_layer.weight", [4, 6], [Float](repeating: 1, count: 24))
    try adapter.safetensors(
      [base] + Self.pair([2, 6], [4, 2], module: module), name: "adapter_model.safetensors")
    let factors = try AdapterFactors(LoRAAdapter(opening: adapter.path), alpha: 4)
    #expect(factors.tensors.map(\.name) == ["lm_head.weight"])
    #expect(factors.warnings.map(\.code) == [.unused])
    #expect(factors.warnings.first?.subject == .tensor("\(module).base_layer.weight"))
    let trained = SourceTensor("\(module).modules_to_save.weight", [4, 6], [Float](repeating: 1, count: 24))
    try adapter.safetensors(
      [trained] + Self.pair([2, 6], [4, 2], module: module), name: "adapter_model.safetensors")
    #expect {
      _ = try AdapterFactors(LoRAAdapter(opening: adapter.path), alpha: 4)
    } throws: { "\($0)".contains("replaces \"lm_head.weight\" as a whole") }
  }

  @Test func aFileOrATiedOutputIsExplained() throws {
    #expect {
      _ = try LoRAAdapter(opening: folder.path("base.safetensors"))
    } throws: { ($0 as? ConversionError)?.code == .adapter && "\($0)".contains("takes the folder") }
    let tied = try TemporaryFolder()
    try tied.safetensors(
      [SourceTensor("model.embed_tokens.weight", [4, 6], [Float](repeating: 1, count: 24))])
    let adapter = try TemporaryFolder()
    try adapter.write(Array(Self.config.utf8), to: "adapter_config.json")
    try adapter.safetensors(
      Self.pair([2, 6], [4, 2], module: "base_model.model.lm_head"), name: "adapter_model.safetensors")
    #expect {
      _ = try MergedCheckpoint(Checkpoints.open(tied.path), adding: LoRAAdapter(opening: adapter.path))
    } throws: { "\($0)".contains("takes its embeddings, \"model.embed_tokens.weight\"") }
  }

  @Test func whatDoesNotFitIsRefused() {
    refused(Self.pair([2, 5], [4, 2]), "[4, 5]")
    refused(Self.pair([2, 6], [4, 3]), "expected floats [rank, inputs] and [outputs, rank]")
    refused(Self.pair([0, 6], [4, 0]), "expected floats")
    refused(Array(Self.pair([2, 6], [4, 2]).prefix(1)), "not both")
    refused(
      Self.pair([2, 6], [4, 2], module: "base_model.model.model.other"), "which the model does not have")
    refused([], "no tensor of an adapter")
    refused(
      [SourceTensor("base_model.model.model.layer.lora_magnitude_vector", [4], [1, 1, 1, 1])],
      "kind of adapter")
    refused(
      [SourceTensor("base_model.model.model.layer.token_adapter.trainable_tokens_delta", [4], [1, 1, 1, 1])],
      "kind of adapter")
    refused([SourceTensor("base_model.model.model.layer.weight", [4], [1, 1, 1, 1])], "replaces")
  }

  @Test func settingsThatAreNotUnderstoodAreRefused() {
    let pair = Self.pair([2, 6], [4, 2])
    refused(pair, config: #"{"peft_type":"IA3","r":2,"lora_alpha":4}"#, "expected LORA")
    refused(pair, config: #"{"r":2,"lora_alpha":4,"use_dora":true}"#, "use_dora")
    for (name, value) in [
      ("alora_invocation_tokens", "[3,4]"), ("trainable_token_indices", "[3,4]"),
      ("layer_replication", "[[0,1]]"),
      ("use_bdlora", #"{"nblocks":2}"#),
      ("kasa_config", "{}"), ("init_lora_weights", #""pissa_niter_4""#), ("init_lora_weights", #""olora""#),
    ] {
      refused(pair, config: #"{"r":2,"lora_alpha":4,"\#(name)":\#(value)}"#, name)
    }
    refused(pair, config: #"{"lora_alpha":"x"}"#, "lora_alpha")
    refused(pair, config: #"{"lora_alpha":1,"alpha_pattern":{"(":1}}"#, "regular expression")
    refused(pair, config: #"{"lora_alpha":1,"alpha_pattern":{"x":"y"}}"#, "numbers")
  }
}
