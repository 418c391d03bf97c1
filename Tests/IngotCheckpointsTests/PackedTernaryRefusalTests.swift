import IngotTestSupport
import SystemPackage
import Testing

@testable import IngotCheckpoints

/// What is no packed form of BitNet, and what is a broken one: `spec/safetensors.md`, clauses S9.1 to S9.4.
@Suite struct PackedTernaryRefusalTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private static let weight = SourceTensor("a.weight", "U8", [1, 4], [0, 1, 2, 0x55])

  /// The error of opening, its place counted from the start of the data.
  private func refusal(_ tensors: [SourceTensor]) throws -> (CheckpointError, place: UInt64)? {
    let path = try folder.safetensors(tensors)
    let size = tensors.reduce(0) { $0 + $1.bytes.count }
    let start = try folder.bytes(of: "model.safetensors").count - size
    let error = #expect(throws: CheckpointError.self) { try Checkpoints.open(path) }
    guard let error else { return nil }
    #expect(error.path == path && error.rule == nil)
    return (error, try #require(error.offset) - UInt64(start))
  }

  // S9.4
  @Test func aMissingScaleIsRefusedAtTheWeight() throws {
    try folder.bitNetConfiguration(nil)
    let (error, place) = try #require(try refusal([SourceTensor("x", [1], [1]), Self.weight]))
    #expect(error.code == .schema && error.subject == .tensor("a.weight") && place == 4)
    #expect(error.expected.contains("a.weight_scale"))
  }

  // S9.4
  @Test(
    arguments: [
      ("F64", [1], 8), ("I32", [1], 4), ("U8", [1], 1), ("F8_E4M3", [1], 1), ("F32", [2], 8),
      ("F16", [1, 1], 2),
      ("BF16", [0], 0),
    ] as [(String, [Int], Int)])
  func aScaleOfAnotherTypeOrShapeIsRefused(type: String, shape: [Int], size: Int) throws {
    try folder.bitNetConfiguration(nil)
    let scale = SourceTensor("a.weight_scale", type, shape, [UInt8](repeating: 1, count: size))
    let (error, place) = try #require(try refusal([Self.weight, scale]))
    #expect(error.code == .schema && error.subject == .tensor("a.weight_scale") && place == 4)
  }

  // S9.4
  @Test(
    arguments: [
      (.nan, "bitlinear"), (.infinity, "bitlinear"), (0, "bitlinear"), (-0.0, "bitlinear"), (-1, "bitlinear"),
      (.leastNonzeroMagnitude, "bitlinear"), (.nan, "autobitlinear"), (.infinity, "autobitlinear"),
      (-1, "autobitlinear"), (-.infinity, "bitlinear"),
    ] as [(Float, String)])
  func aScaleThatGivesNoNumberIsRefused(scale: Float, linearClass: String) throws {
    try folder.bitNetConfiguration(linearClass)
    let (error, place) = try #require(
      try refusal([Self.weight, SourceTensor("a.weight_scale", [1], [scale])]))
    #expect(error.code == .value && error.subject == .tensor("a.weight_scale") && place == 4)
  }

  // S9.4
  @Test func packedRowsHaveTwoDimensions() throws {
    try folder.bitNetConfiguration(nil)
    for shape in [[4], [1, 2, 2]] {
      let weight = SourceTensor("weight", "U8", shape, [0, 1, 2, 0])
      let (error, place) = try #require(
        try refusal([weight, SourceTensor("weight_scale", [1], [1])]))
      #expect(error.code == .schema && error.subject == .tensor("weight") && place == 0)
    }
  }

  // S9.4
  @Test func aShapeThatOverflowsIsRefused() throws {
    try folder.bitNetConfiguration(nil)
    let weight = SourceTensor("weight", "U8", [1 << 61, 0], [])
    let (error, _) = try #require(try refusal([weight, SourceTensor("weight_scale", [1], [1])]))
    #expect(error.code == .overflow && error.subject == .tensor("weight"))
  }

  // S9.1
  @Test(arguments: [nil, "{}", #"{"quantization_config":null}"#, #"{"quantization_config":{}}"#])
  func aPairThatNothingExplainsIsRefused(configuration: String?) throws {
    if let configuration { try folder.write(configuration.utf8, to: "config.json") }
    let (error, place) = try #require(
      try refusal([SourceTensor("x", [1], [1]), Self.weight, SourceTensor("a.weight_scale", [1], [1])]))
    #expect(error.code == .schema && error.subject == .tensor("a.weight") && place == 4)
    #expect(error.expected.contains("config.json"))
  }

  // S9.1: what is no BitNet stays as it is.
  @Test func otherBytesStayAsTheyAre() throws {
    let scale = SourceTensor("a.weight_scale", [1], [1])
    let cases: [(String?, [SourceTensor])] = [
      (#"{"quantization_config":{"quant_method":"modelopt"}}"#, [Self.weight, scale]),
      (nil, [Self.weight]), ("{", [Self.weight]),
      ("{}", [Self.weight, SourceTensor("weight_scale", [1], [1])]),
      (nil, [Self.weight, SourceTensor("a.weight_scale", [2], [1, 2])]),
      (nil, [SourceTensor("a.weight", "I8", [1, 4], [0, 1, 2, 3]), scale]),
      (
        #"{"quantization_config":{"quant_method":"bitnet"}}"#,
        [SourceTensor("lightweight", "U8", [4], [0, 1, 2, 3])]
      ),
      (
        #"{"quantization_config":{"quant_method":"bitnet"}}"#,
        [SourceTensor("a.weight", [1, 2], [1, 2]), scale]
      ),
    ]
    for (configuration, tensors) in cases {
      if let configuration { try folder.write(configuration.utf8, to: "config.json") }
      let checkpoint = try Checkpoints.open(try folder.safetensors(tensors))
      #expect(checkpoint.tensors.map(\.name) == tensors.map(\.name))
      #expect(checkpoint.tensors.map(\.type.name) == tensors.map(\.type))
      #expect(try checkpoint.tensors.map { try checkpoint.bytes(of: $0) } == tensors.map(\.bytes))
      try folder.write("{}".utf8, to: "config.json")
    }
  }

  // S9.1
  @Test(
    arguments: [
      (.json, .file, "▲[]"), (.json, .file, "{\"a\":1,▲}"), (.json, .file, "{} ▲x"),
      (.json, .key("quantization_config"), "{\"quantization_config\":▲3}"),
      (.json, .key("quant_method"), "{\"quantization_config\":{\"quant_method\":▲3}}"),
      (
        .json, .key("linear_class"),
        "{\"quantization_config\":{\"quant_method\":\"bitnet\",\"linear_class\":▲[]}}"
      ),
      (
        .value, .key("linear_class"),
        "{\"quantization_config\":{\"quant_method\":\"bitnet\",\"linear_class\":▲\"other\"}}"
      ),
      (.duplicate, .key("quantization_config"), "{\"quantization_config\":{},▲\"quantization_config\":{}}"),
      (
        .duplicate, .key("quant_method"),
        "{\"quantization_config\":{\"quant_method\":\"bitnet\",▲\"quant_\\u006dethod\":\"bitnet\"}}"
      ),
      (
        .duplicate, .key("linear_class"),
        "{\"quantization_config\":{\"linear_class\":null,▲\"linear_class\":\"bitlinear\"}}"
      ),
    ] as [(CheckpointError.Code, CheckpointError.Subject, String)])
  func aBrokenConfigurationIsRefusedAtItsFault(
    code: CheckpointError.Code, subject: CheckpointError.Subject, text: String
  ) throws {
    let refusal = Refusal(code, text, subject)
    let file = try folder.write(refusal.header.utf8, to: "config.json")
    let path = try folder.safetensors([Self.weight, SourceTensor("a.weight_scale", [1], [1])])
    let error = #expect(throws: CheckpointError.self) { try Checkpoints.open(path) }
    #expect(error?.code == code && error?.subject == subject && error?.path == file)
    #expect(error?.offset == refusal.offset)
  }

  // S9.1: what models say of other things may be nested, and the limit holds.
  @Test func theConfigurationIsUnderTheLimits() throws {
    let deep = String(repeating: "[", count: 60) + String(repeating: "]", count: 60)
    let text =
      "{\"x\":\(deep),\"quantization_config\":{\"quant_method\":\"bitnet\",\"modules\":[\"lm_head\"]}}"
    try folder.write(text.utf8, to: "config.json")
    let path = try folder.safetensors([Self.weight, SourceTensor("a.weight_scale", [1], [2])])
    #expect(try Checkpoints.open(path).tensors.map(\.type) == [.ternary(scale: 0.5)])
    var limits = CheckpointLimits()
    limits.headerByteCount = UInt64(text.utf8.count - 1)
    let error = #expect(throws: CheckpointError.self) { try Checkpoints.open(path, limits: limits) }
    #expect(error?.code == .limit && error?.offset == 0)
    #expect(error?.path.lastComponent?.string == "config.json")
  }
}
