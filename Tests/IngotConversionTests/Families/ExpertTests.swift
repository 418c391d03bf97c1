import IngotCheckpoints
import IngotTestSupport
import Testing

@testable import IngotConversion

/// Tensors of experts become one in the order of their numbers, at the place of the first: clauses N3.4 and N3.7.
@Suite struct ExpertTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try state(experts: 12)
  }

  private func state(experts: Int) throws {
    try folder.write(
      Array(
        "{\"architectures\": [\"Qwen3MoeForCausalLM\"], \"num_hidden_layers\": 1, \"num_experts\": \(experts)}"
          .utf8), to: "config.json")
  }

  private static let label = "model.layers.0.mlp.experts.*.up_proj.weight"

  /// The matrix of an expert, of which each value is its number.
  private static func expert(_ number: Int, _ shape: [Int] = [2, 3]) -> SourceTensor {
    SourceTensor(
      label.replacing("*", with: "\(number)"), shape,
      [Float](repeating: Float(number), count: shape.reduce(1, *)))
  }

  private static func norm(_ name: String) -> SourceTensor { SourceTensor(name, [3], [1, 2, 3]) }

  private func open() throws -> DerivedCheckpoint {
    let source = try Checkpoints.open(folder.path)
    let configuration = try #require(try ModelConfiguration(ModelFolder(folder.path)))
    return try DerivedCheckpoint(
      FamilyMapping(source, .qwen3moe, configuration, words: nil).derived, from: source)
  }

  private func refused(
    _ code: ConversionError.Code, tensor: String, _ words: String,
    at location: SourceLocation = #_sourceLocation
  ) {
    let error = #expect(throws: ConversionError.self, sourceLocation: location) { try open() }
    #expect(error?.code == code && error?.tensor == tensor, sourceLocation: location)
    #expect(
      error?.description.contains(words) ?? false, "\(error?.description ?? "")", sourceLocation: location)
  }

  private func expectExperts(
    _ checkpoint: DerivedCheckpoint, at location: SourceLocation = #_sourceLocation
  ) throws {
    let tensor = try #require(checkpoint.tensor(named: Self.label))
    #expect(tensor.shape == [12, 2, 3] && checkpoint.change(of: Self.label) == "12 stacked")
    let expected = (0..<12).flatMap { Self.expert($0).bytes }
    for start in stride(from: 0, to: tensor.byteCount, by: 20) {
      let range = start..<min(start + 70, tensor.byteCount)
      var bytes = [UInt8](repeating: 0xEE, count: range.count)
      try bytes.withUnsafeMutableBytes { try checkpoint.read(tensor, bytes: range, into: $0) }
      #expect(bytes == Array(expected[range]), "bytes \(range)", sourceLocation: location)
    }
  }

  @Test func expertsStandInTheOrderOfTheirNumbersHoweverTheFileHasThem() throws {
    let end = Self.norm("model.norm.weight")
    let start = Self.norm("model.layers.0.input_layernorm.weight")
    try folder.safetensors([end] + (0..<12).reversed().map { Self.expert($0) } + [start])
    let checkpoint = try open()
    #expect(checkpoint.tensors.map(\.name) == [start.name, Self.label, end.name])
    try expectExperts(checkpoint)
  }

  @Test func expertsOfSeveralFilesStandWhereTheFirstOfTheirTensorsIs() throws {
    let end = Self.norm("model.norm.weight")
    let start = Self.norm("model.layers.0.input_layernorm.weight")
    let shards = [
      [end] + [10, 3, 7].map { Self.expert($0) },
      [start] + [0, 11, 1, 2, 9, 8, 6, 4, 5].map { Self.expert($0) },
    ]
    for (index, tensors) in shards.enumerated() {
      try folder.safetensors(tensors, name: "model-0000\(index + 1)-of-00002.safetensors")
    }
    let checkpoint = try open()
    #expect(checkpoint.tensors.map(\.name) == [Self.label, end.name, start.name])
    try expectExperts(checkpoint)
  }

  @Test(arguments: [0, 7, 11]) func anExpertThatIsMissingIsNamed(_ missing: Int) throws {
    try folder.safetensors((0..<12).filter { $0 != missing }.map { Self.expert($0) })
    refused(.missingTensor, tensor: Self.label, "has no tensor with the number \(missing)")
  }

  @Test func aConfigurationMayStateAnyNumberOfExperts() throws {
    try state(experts: 4_294_967_295)
    try folder.safetensors([0, 1, 4_294_967_294].map { Self.expert($0) })
    refused(.missingTensor, tensor: Self.label, "has no tensor with the number 2,")
  }

  @Test func anExpertTooManyIsUnknown() throws {
    try folder.safetensors((0..<13).map { Self.expert($0) })
    refused(.unknownTensor, tensor: Self.expert(12).name, "has the number 12")
  }

  @Test(arguments: ["{block}.mlp.experts.0", "0.mlp.experts.{expert}", "{block}.mlp.experts.{expert}"])
  func aNameThatLooksLikeAPatternIsUnknown(_ middle: String) throws {
    let name = "model.layers.\(middle).up_proj.weight"
    try folder.safetensors([SourceTensor(name, [1], [1])])
    refused(.unknownTensor, tensor: name, "is no tensor of qwen3moe")
  }

  @Test func expertsOfOneTensorAreAlike() throws {
    try folder.safetensors((0..<12).map { Self.expert($0, $0 == 10 ? [3, 3] : [2, 3]) })
    refused(.shape, tensor: Self.expert(10).name, "is F32 [3, 3], and")
  }
}
