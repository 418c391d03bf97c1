import IngotCheckpoints
import IngotEncodings
import IngotFiles
import IngotTestSupport
import SystemPackage
import Testing

@testable import IngotConversion

/// The way back from a container to the names, shapes and values of a checkpoint: clauses X1 to X4 of `spec/export.md`.
@Suite struct ExportedModelTests {
  static let models = GoldenModel.all.filter { $0.target == "f32" }

  private func export(_ source: FilePath, to target: FilePath, floats: ElementType? = nil) async throws {
    let format = try #require(ExportFormat(fileName: target.string))
    let plan = try ExportPlan(Checkpoints.open(source), floats: floats, format: format)
    _ = try await ExportPipeline(plan, threads: 2).run(to: .file(target, format))
  }

  private func values(_ checkpoint: any Checkpoint, _ tensor: CheckpointTensor) throws -> [UInt32] {
    let buffers = WorkBuffers()
    let floats = try TensorReader(checkpoint, tensor)
      .decode(0..<tensor.elementCount, into: buffers.values, stored: buffers.stored)
    return withExtendedLifetime(buffers) { floats.map(\.bitPattern) }
  }

  /// Every tensor of the checkpoint that the conversion did not leave out comes back, bit by bit.
  @Test(arguments: models)
  func conversionAndExportTogetherChangeNothing(_ golden: GoldenModel) async throws {
    let folder = try TemporaryFolder()
    try await golden.convert(to: folder.path("model.gguf"))
    try await export(folder.path("model.gguf"), to: folder.path("model.safetensors"))
    let source = try Checkpoints.open(golden.folder)
    let found = try Checkpoints.open(folder.path("model.safetensors"))
    let names = Set(source.tensors.map(\.name)).filter { !$0.hasPrefix("pooler.") }
    #expect(Set(found.tensors.map(\.name)) == names)
    for name in names.sorted() {
      let (left, right) = (source.tensor(named: name), found.tensor(named: name))
      guard let left, let right else { continue }
      #expect(right.shape == left.shape, "\(name)")
      #expect(try values(found, right) == values(source, left), "\(name)")
    }
  }

  /// The folder with the exported tensors in place of its own converts to the same container.
  @Test(arguments: models)
  func exportAndConversionTogetherChangeNothing(_ golden: GoldenModel) async throws {
    let folder = try TemporaryFolder()
    try await golden.convert(to: folder.path("first.gguf"))
    let model = try TemporaryFolder()
    for file in try Folder.names(in: golden.folder).map(\.string)
    where !file.contains("safetensors") && file != "expected.json" {
      try model.write(try TestData.bytes("huggingface/\(golden.name)/\(file)"), to: file)
    }
    try await export(folder.path("first.gguf"), to: model.path("model.safetensors"))
    try await GoldenModel.convert(model.path, to: folder.path("second.gguf"), target: "f32")
    let (first, second) = try (
      Checkpoints.open(folder.path("first.gguf")), Checkpoints.open(folder.path("second.gguf"))
    )
    // Shards that become one file change the order.
    #expect(second.tensors.map(\.name).sorted() == first.tensors.map(\.name).sorted())
    for tensor in first.tensors {
      let other = try #require(second.tensor(named: tensor.name))
      #expect(other.type == tensor.type && other.shape == tensor.shape, "\(tensor.name)")
      #expect(try values(second, other) == values(first, tensor), "\(tensor.name)")
    }
  }

  /// Quantized tensors are decoded: clause X3.1.
  @Test func quantizedTensorsAreDecoded() async throws {
    let folder = try TemporaryFolder()
    let golden = GoldenModel(name: "llama-spm-f32", target: "q8_0")
    try await golden.convert(to: folder.path("model.gguf"))
    try await export(folder.path("model.gguf"), to: folder.path("model.safetensors"))
    let container = try Checkpoints.open(folder.path("model.gguf"))
    let found = try Checkpoints.open(folder.path("model.safetensors"))
    let stored = try #require(container.tensor(named: "blk.0.ffn_down.weight"))
    let tensor = try #require(found.tensor(named: "model.layers.0.mlp.down_proj.weight"))
    #expect(stored.type == .blocks(.q8_0) && tensor.type == .float32)
    #expect(try values(found, tensor) == values(container, stored))
  }

  /// All floats in one type: clause X3.2.
  @Test func floatsGetTheTypeThatIsAskedFor() async throws {
    let folder = try TemporaryFolder()
    let golden = GoldenModel(name: "qwen3-bpe-bf16", target: "auto")
    try await golden.convert(to: folder.path("model.gguf"))
    try await export(folder.path("model.gguf"), to: folder.path("model.safetensors"), floats: .bfloat16)
    let source = try Checkpoints.open(golden.folder)
    let found = try Checkpoints.open(folder.path("model.safetensors"))
    for tensor in found.tensors {
      let original = try #require(source.tensor(named: tensor.name))
      #expect(tensor.type == .bfloat16 && original.type == .bfloat16)
      #expect(try values(found, tensor) == values(source, original))
    }
  }

  /// A file without data may state any number of experts: clause X2.4.
  @Test func expertsWithoutNumberAreRefused() throws {
    let folder = try TemporaryFolder()
    let source = try folder.safetensors([
      SourceTensor("blk.0.ffn_gate_exps.weight", "F32", [1 << 40, 1, 0], [])
    ])
    let container = try Checkpoints.open(source)
    #expect { try ExportPlan(container, naming: .family(.qwen3moe), format: .safetensors) } throws: {
      ($0 as? ConversionError)?.code == .shape
    }
  }

  /// The family is found by architecture, vocabulary and names: clause X2.1.
  @Test(arguments: [
    ("bert-wordpiece-f32", "bert"), ("gemma3-spm-bf16", "gemma3"), ("mixtral-spm-bf16", "llama"),
    ("phi3-spm-bf16", "phi3"),
  ])
  func theFamilyIsThatOfTheModel(_ name: String, _ family: String) async throws {
    let folder = try TemporaryFolder()
    try await GoldenModel(name: name, target: "auto").convert(to: folder.path("model.gguf"))
    let container = try Checkpoints.open(folder.path("model.gguf"))
    #expect(try ExportPlan(container, format: .safetensors).family == family)
    let plain = try ExportPlan(container, naming: .generic, format: .safetensors)
    #expect(plain.family == nil)
    #expect(Set(plain.tensors.map(\.name)) == Set(container.tensors.map(\.name)))
    #expect(throws: ConversionError.self) {
      try ExportPlan(container, naming: .family(family == "bert" ? .gpt2 : .bert), format: .safetensors)
    }
  }
}

/// The files of a folder: clause X4.3.
@Suite struct ExportTargetTests {
  @Test func aFolderHasShardsAndTheirIndex() async throws {
    let folder = try TemporaryFolder()
    let source = try folder.safetensors(
      (0..<5).map { SourceTensor("t\($0)", [100], [Float](repeating: 1, count: 100)) })
    let checkpoint = try Checkpoints.open(source)
    let plan = try ExportPlan(checkpoint, format: .safetensors)
    let target = ExportTarget.folder(folder.path("out"), shardByteCount: 900)
    let report = try await ExportPipeline(plan, threads: 2).run(to: target)
    #expect(
      try Folder.names(in: folder.path("out")).map(\.string) == [
        "model-00001-of-00003.safetensors", "model-00002-of-00003.safetensors",
        "model-00003-of-00003.safetensors", "model.safetensors.index.json",
      ])
    #expect(report.outputs.count == 4)
    let again = try Checkpoints.open(folder.path("out"))
    #expect(again.tensors.map(\.name) == checkpoint.tensors.map(\.name))
    #expect(again.warnings.isEmpty)
    // A second run replaces nothing that is there.
    await #expect { try await ExportPipeline(plan, threads: 2).run(to: target) } throws: {
      ($0 as? FileError)?.code == .exists
    }
  }

  @Test func aFolderThatWasMadeInVainIsRemoved() async throws {
    let folder = try TemporaryFolder()
    let source = try folder.safetensors([SourceTensor("x", [1], [1e6])])
    let plan = try ExportPlan(Checkpoints.open(source), floats: .float16, format: .safetensors)
    let target = ExportTarget.folder(folder.path("out"), shardByteCount: 900)
    await #expect(throws: ConversionError.self) { try await ExportPipeline(plan, threads: 1).run(to: target) }
    #expect(try folder.names() == ["model.safetensors"])
  }

  @Test func shardsHoldWhatFitsOrOneTensor() {
    #expect(ExportTarget.shards([4, 4, 4], limit: 8) == [0..<2, 2..<3])
    #expect(ExportTarget.shards([9, 1, 7, 9], limit: 8) == [0..<1, 1..<3, 3..<4])
    #expect(ExportTarget.shards([.max, .max], limit: .max) == [0..<1, 1..<2])
    #expect(ExportTarget.shards([], limit: 8) == [0..<0])
  }
}
