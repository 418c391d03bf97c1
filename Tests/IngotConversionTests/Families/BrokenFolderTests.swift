import IngotCheckpoints
import IngotContainer
import IngotFiles
import IngotTestSupport
import SystemPackage
import Testing

@testable import IngotConversion

/// A folder that contradicts itself gives one error that names the file, the tensor and the expectation: N1, N2.7, N3.
@Suite struct BrokenFolderTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    for name in try Folder.names(in: Self.original).map(\.string) {
      try folder.write(try TestData.bytes("huggingface/llama-spm-f32/\(name)"), to: name)
    }
  }

  private static var original: FilePath { TestData.path("huggingface/llama-spm-f32") }

  /// Changes the configuration as a text.
  private func change(_ text: String, to other: String, in name: String = "config.json") throws {
    let before = String(decoding: try folder.bytes(of: name), as: UTF8.self)
    let after = before.replacing(text, with: other)
    try #require(before != after, "\(text) is not in \(name)")
    try folder.write(Array(after.utf8), to: name)
  }

  /// The tensors of the checkpoint, to be written again.
  private func tensors() throws -> [SourceTensor] {
    let checkpoint = try Checkpoints.open(Self.original)
    return try checkpoint.tensors.map { tensor in
      var bytes = [UInt8](repeating: 0, count: tensor.byteCount)
      try bytes.withUnsafeMutableBytes { try checkpoint.read(tensor, bytes: 0..<tensor.byteCount, into: $0) }
      return SourceTensor(tensor.name, tensor.type.name, tensor.shape, bytes)
    }
  }

  private func open(_ family: ModelFamily? = nil) throws -> FamilyModel {
    try FamilyModel(opening: folder.path, family: family)
  }

  private func refused(
    _ code: ConversionError.Code, tensor: String? = nil, _ words: [String],
    at location: SourceLocation = #_sourceLocation
  ) {
    let error = #expect(throws: ConversionError.self, sourceLocation: location) { try open() }
    #expect(
      error?.code == code && error?.tensor == tensor, "\(error?.description ?? "")", sourceLocation: location)
    for word in words {
      #expect(
        error?.description.contains(word) ?? false, "\(error?.description ?? "")", sourceLocation: location)
    }
  }

  @Test func theFolderAsItIsOpens() throws {
    let model = try open()
    #expect(model.family.name == "llama" && model.checkpoint.tensors.count == 21)
  }

  @Test func anUnknownClassNamesTheNearestFamily() throws {
    try change("LlamaForCausalLM", to: "Llama9ForCausalLM")
    refused(.family, ["config.json", "Llama9ForCausalLM", "llama", "--family generic"])
    #expect(try open(.llama).family.name == "llama")
  }

  @Test func aConfigurationWithoutAClassAsksForAFamily() throws {
    try change("\"architectures\"", to: "\"something\"")
    refused(.family, ["config.json", "--family"])
  }

  @Test func aFolderWithoutAConfigurationIsNoModel() throws {
    let empty = try TemporaryFolder()
    let error = #expect(throws: ConversionError.self) { try FamilyModel(opening: empty.path) }
    #expect(error?.code == .family && error?.description.contains("config.json") ?? false)
  }

  @Test func anUnknownTensorNamesTheNearest() throws {
    let more = SourceTensor("model.layers.0.self_attn.x_proj.weight", [2, 2], [1, 2, 3, 4])
    try folder.safetensors(try tensors() + [more])
    refused(
      .unknownTensor, tensor: more.name, ["model.safetensors", more.name, "model.layers.{block}.self_attn."])
  }

  @Test func aTensorOfABlockTooManyIsUnknown() throws {
    let name = "model.layers.2.self_attn.q_proj.weight"
    try folder.safetensors(
      try tensors() + [SourceTensor(name, [64, 64], [Float](repeating: 0, count: 4096))])
    refused(.unknownTensor, tensor: name, ["model.safetensors", "block 2", "config.json", "2"])
  }

  @Test func aMissingTensorIsNamedAsTheCheckpointWould() throws {
    let name = "model.layers.1.mlp.up_proj.weight"
    try folder.safetensors(try tensors().filter { $0.name != name })
    refused(.missingTensor, tensor: name, ["model.safetensors", name, "[160, 64]"])
  }

  @Test func aShapeThatContradictsTheConfigurationSaysWhatItExpects() throws {
    try change("\"intermediate_size\": 160", to: "\"intermediate_size\": 192")
    refused(
      .shape, tensor: "model.layers.0.mlp.down_proj.weight",
      ["model.safetensors", "[64, 160]", "[64, 192]", "config.json"])
  }

  @Test func headsThatDoNotDivideTheRowsAreRefused() throws {
    try change("\"num_attention_heads\": 4", to: "\"num_attention_heads\": 5")
    refused(
      .shape, tensor: "model.layers.0.self_attn.q_proj.weight", ["model.safetensors", "[64, 64]", "5 heads"])
  }

  @Test(arguments: [
    ("\"hidden_size\": 64", "\"hidden_size\": \"x\"", "hidden_size"),
    ("\"num_hidden_layers\": 2", "\"num_hidden_layers\": -1", "num_hidden_layers"),
    ("\"num_hidden_layers\": 2", "\"num_hidden_layers\": null", "num_hidden_layers"),
    ("\"num_attention_heads\": 4", "\"num_attention_heads\": 0", "num_attention_heads"),
    ("\"rms_norm_eps\": 1e-06", "\"rms_norm_eps\": true", "rms_norm_eps"),
    ("\"rope_theta\": 10000.0", "\"rope_theta\": []", "rope_theta"),
    ("\"num_hidden_layers\": 2", "\"num_hidden_layers\": 99999999999999999999", "num_hidden_layers"),
  ])
  func aNumberThatCannotBeNamesItsMember(_ text: String, _ other: String, _ name: String) throws {
    try change(text, to: other)
    refused(.configuration, ["config.json", name])
  }

  /// Clause N5.1: nothing is made for a number that no tensor bounds.
  @Test func aHeadBeyondAllBoundsGetsNoFactors() throws {
    let text =
      "{\"architectures\": [\"LlamaForCausalLM\"], \"hidden_size\": 64, \"num_attention_heads\": 4, "
      + "\"head_dim\": 4294967295, \"num_hidden_layers\": 2, \"vocab_size\": 700, "
      + "\"rope_scaling\": {\"rope_type\": \"llama3\"}}"
    try folder.write(Array(text.utf8), to: "config.json")
    refused(.configuration, ["config.json", "head_dim", "65536"])
  }

  @Test func brokenJSONNamesTheByte() throws {
    try folder.write(Array("{\"architectures\": [".utf8), to: "config.json")
    let error = #expect(throws: CheckpointError.self) { try open() }
    #expect(error?.code == .json && error?.offset == 19 && error?.path.lastComponent == "config.json")
  }

  @Test func aQuantizedCheckpointIsNamed() throws {
    try change("{\n", to: "{\n  \"quantization_config\": {\"quant_method\": \"quanto\"},\n")
    refused(.noCodec, ["config.json", "quanto"])
  }

  @Test func aMissingTokenizerNamesItsFile() throws {
    let other = try TemporaryFolder()
    for name in try folder.names() where !name.hasPrefix("tokenizer") {
      try other.write(try folder.bytes(of: name), to: name)
    }
    let error = #expect(throws: (any Error).self) { _ = try FamilyModel(opening: other.path) }
    #expect("\(error.map { "\($0)" } ?? "")".contains("tokenizer"))
  }

  /// Clause N2.1: any bytes give a typed error, or a model.
  @Test func mutatedConfigurationsNeverTrap() throws {
    let bytes = try folder.bytes(of: "config.json")
    var generator = SeededGenerator(seed: 77)
    let words = [
      "-1", "1e308", "null", "\"\"", "[]", "{}", "4294967295", "9223372036854775807", "0", "true", "0.5",
    ]
    for round in 0..<300 {
      var text = String(decoding: bytes, as: UTF8.self)
      for _ in 0..<Int.random(in: 1...3, using: &generator) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let index = Int.random(in: 0..<lines.count, using: &generator)
        guard let colon = lines[index].firstIndex(of: ":") else { continue }
        var changed = lines
        changed[index] = lines[index][...colon] + (words.randomElement(using: &generator) ?? "") + ","
        text = changed.joined(separator: "\n")
      }
      try folder.write(Array(text.utf8), to: "config.json")
      do {
        _ = try open()
      } catch is ConversionError {
      } catch is CheckpointError {
      } catch is ContainerError {
      } catch {
        Issue.record("round \(round), seed 77: \(error)")
      }
    }
  }
}
