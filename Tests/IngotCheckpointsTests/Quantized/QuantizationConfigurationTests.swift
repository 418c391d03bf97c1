import IngotTestSupport
import SystemPackage
import Testing

@testable import IngotCheckpoints

/// The note of a folder on its quantization: `spec/quantized.md`, clause Q2.
@Suite struct QuantizationConfigurationTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func read(_ text: String, to name: String = "config.json") throws -> QuantizationConfiguration? {
    try folder.write(text.utf8, to: name)
    return try QuantizationConfiguration.of(ModelFolder(folder.path))
  }

  // Q2.1
  @Test func noNoteSaysNothing() throws {
    #expect(try QuantizationConfiguration.of(ModelFolder(folder.path)) == nil)
    for text in [
      "{}", #"{"quantization_config":null}"#, #"{"quantization_config":{}}"#, #"{"text_config":3}"#,
    ] {
      #expect(try read(text) == nil, "\(text)")
    }
  }

  // Q2.1: the note of a part that is a language model, and the file of its own.
  @Test func theNoteIsFoundWhereItStands() throws {
    let inner = #"{"text_config":{"quantization_config":{"quant_method":"fp8"}},"#
    #expect(try read(inner + #""x":1}"#)?.scheme is FP8)
    #expect(try read(inner + #""quantization_config":{"quant_method":"mxfp4"}}"#)?.scheme is MXFP4)
    try folder.write("{}".utf8, to: "config.json")
    let own = try read(#"{"bits":4,"group_size":128,"desc_act":false}"#, to: "quantize_config.json")
    #expect(
      (own?.scheme as? GPTQ)?.packing.bits == 4 && own?.path.lastComponent?.string == "quantize_config.json")
    let awq = try read(#"{"quant_method":"awq","bits":4,"group_size":-1}"#, to: "quantize_config.json")
    #expect(awq?.scheme is AWQ && (awq?.scheme as? AWQ)?.groupSize == nil)
  }

  // Q2.3: what this release does not decode stays as it is stored, and is named.
  @Test(
    arguments: [
      (#"{"quant_method":"quanto"}"#, "\"quanto\""), (#"{"bits":4}"#, "a scheme without a name"),
      (#"{"quant_method":"gptq","bits":4,"group_size":32,"checkpoint_format":"marlin"}"#, "marlin"),
      (#"{"quant_method":"gptq","bits":4,"group_size":32,"is_marlin_format":true}"#, "marlin"),
      (#"{"quant_method":"gptq","bits":3,"group_size":32}"#, "3 bits"),
      (#"{"quant_method":"awq","bits":4,"group_size":32,"version":"GEMV"}"#, "gemv"),
      (#"{"quant_method":"awq","bits":4,"group_size":32,"backend":"llm-awq"}"#, "llm-awq"),
      (
        #"{"quant_method":"compressed-tensors","format":"marlin-24","config_groups":{"a":{"weights":{}}}}"#,
        "marlin-24"
      ),
      (
        #"{"quant_method":"compressed-tensors","format":"dense","sparsity_config":{"format":"sparse-24-bitmask"}}"#,
        "sparse-24-bitmask"
      ),
      (
        #"{"quant_method":"compressed-tensors","format":"pack-quantized","config_groups":{"a":{"weights":{"num_bits":3}}}}"#,
        "3 bits"
      ),
    ])
  func otherSchemesAreNamed(note: String, words: String) throws {
    let found = try read("{\"quantization_config\":\(note)}")
    #expect(
      found?.scheme == nil && found?.unsupported?.contains(words) == true, "\(found?.unsupported ?? "")")
    let path = try folder.safetensors([SourceTensor("a.qweight", "I32", [1, 1], [1, 2, 3, 4])])
    #expect(try Checkpoints.open(path).tensors.map(\.name) == ["a.qweight"])
  }

  // Q2.2: an error stands at the value; the place is marked.
  @Test(
    arguments: [
      (.json, nil, "▲[]"), (.json, nil, #"{"quantization_config":▲3}"#),
      (.duplicate, "quantization_config", #"{"quantization_config":{"a":1},▲"quantization_config":{}}"#),
      (.duplicate, "bits", #"{"quantization_config":{"bits":4,▲"bits":4}}"#),
      (.value, "quant_method", #"{"quantization_config":{"quant_method":▲3}}"#),
      (.value, "bits", #"{"quantization_config":{"quant_method":"gptq","bits":▲5,"group_size":1}}"#),
      (.value, "bits", #"{"quantization_config":▲{"quant_method":"gptq","group_size":1}}"#),
      (.value, "bits", #"{"quantization_config":{"quant_method":"gptq","bits":▲1e300}}"#),
      (.value, "bits", #"{"quantization_config":{"quant_method":"awq","bits":▲8}}"#),
      (.value, "group_size", #"{"quantization_config":{"quant_method":"gptq","bits":4,"group_size":▲0}}"#),
      (.value, "group_size", #"{"quantization_config":{"quant_method":"awq","bits":4,"group_size":▲-2}}"#),
      (
        .value, "checkpoint_format",
        #"{"quantization_config":{"quant_method":"gptq","checkpoint_format":▲[]}}"#
      ),
      (
        .value, "weight_block_size",
        #"{"quantization_config":{"quant_method":"fp8","weight_block_size":▲[128]}}"#
      ),
      (
        .value, "weight_block_size",
        #"{"quantization_config":{"quant_method":"fp8","weight_block_size":▲[128,0]}}"#
      ),
      (.value, "ignore", #"{"quantization_config":{"quant_method":"fp8","ignore":▲[1]}}"#),
      (.value, "config_groups", #"{"quantization_config":▲{"quant_method":"compressed-tensors"}}"#),
      (
        .value, "config_groups",
        #"{"quantization_config":{"quant_method":"compressed-tensors","config_groups":▲[]}}"#
      ),
    ] as [(CheckpointError.Code, String?, String)])
  func aBrokenNoteIsRefusedAtItsFault(code: CheckpointError.Code, key: String?, text: String) throws {
    let parts = text.split(separator: "▲", omittingEmptySubsequences: false)
    let error = #expect(throws: CheckpointError.self) { try read(parts.joined()) }
    #expect(
      error?.code == code && error?.offset == UInt64(parts[0].utf8.count), "\(error.map { "\($0)" } ?? "")")
    #expect(error?.subject == key.map { .key($0) } ?? .file)
    #expect(error?.path.lastComponent?.string == "config.json")
  }

  // Q6.1: the weights of a group.
  @Test(
    arguments: [
      ("int-quantized", #""num_bits":0,"type":"int""#, "num_bits"),
      ("int-quantized", #""num_bits":9,"type":"int""#, "num_bits"),
      ("float-quantized", #""num_bits":4,"type":"float""#, "num_bits"),
      ("nvfp4-pack-quantized", #""num_bits":8,"type":"float""#, "num_bits"),
      ("float-quantized", #""num_bits":8,"type":"int""#, "type"),
      ("pack-quantized", #""num_bits":4,"type":"float""#, "type"),
      ("pack-quantized", #""num_bits":4,"type":"bool""#, "type"),
      ("pack-quantized", #""num_bits":4,"strategy":"group""#, "group_size"),
      ("pack-quantized", #""num_bits":4,"strategy":"group","group_size":0"#, "group_size"),
      ("int-quantized", #""num_bits":8,"strategy":"block""#, "block_structure"),
      ("int-quantized", #""num_bits":8,"strategy":"block","block_structure":[1,-1]"#, "block_structure"),
      ("int-quantized", #""num_bits":8,"strategy":"token""#, "strategy"),
    ])
  func aGroupThatDescribesNoWeightsIsRefused(format: String, weights: String, member: String) throws {
    let start =
      "{\"quantization_config\":{\"quant_method\":\"compressed-tensors\",\"format\":\"\(format)\",\"config_groups\":"
    let error = #expect(throws: CheckpointError.self) {
      try read("\(start){\"g\":{\"weights\":{\(weights)}}}}}")
    }
    #expect(error?.code == .value && error?.offset == UInt64(start.utf8.count))
    #expect(error?.subject == .key("config_groups.g.weights.\(member)"))
  }

  // Q2.2: a note is under limits.
  @Test func manyMembersAreRefused() throws {
    let members = (0...1000).map { "\"\($0)\":0" }.joined(separator: ",")
    let error = #expect(throws: CheckpointError.self) { try read("{\"quantization_config\":{\(members)}}") }
    #expect(error?.code == .limit && error?.subject == .key("quantization_config"))
    let groups = (1...40).map {
      "\"\($0)\":{\"weights\":{\"num_bits\":4,\"strategy\":\"group\",\"group_size\":\($0)}}"
    }
    let text =
      "{\"quantization_config\":{\"quant_method\":\"compressed-tensors\",\"format\":\"pack-quantized\",\"config_groups\":{\(groups.joined(separator: ","))}}}"
    #expect(throws: CheckpointError.self) { try read(text) }
  }

  // Q2.5: what is wrong with the note is no concern of a checkpoint that does not look quantized.
  @Test func theNoteOfPlainTensorsIsNotRead() throws {
    try folder.write("{".utf8, to: "config.json")
    let plain = [
      SourceTensor("a.weight", [1, 2], [1, 2]), SourceTensor("b.weight", "F8_E4M3", [1, 2], [1, 2]),
      SourceTensor("c.weight", "I8", [1, 2], [1, 2]),
    ]
    #expect(try Checkpoints.open(folder.safetensors(plain)).tensors.count == 3)
    let described = plain + [SourceTensor("b.weight_scale_inv", [1, 1], [1])]
    let error = #expect(throws: CheckpointError.self) { try Checkpoints.open(folder.safetensors(described)) }
    #expect(error?.code == .json && error?.offset == 1)
  }

  // Q6.5: shapes that fit two groups that mean other numbers.
  @Test func shapesThatFitTwoGroupsAreRefused() throws {
    let group = { (bits: Int) in #"{"weights":{"num_bits":\#(bits),"strategy":"channel"}}"# }
    try folder.write(
      #"{"quantization_config":{"quant_method":"compressed-tensors","format":"pack-quantized","config_groups":{"a":\#(group(4)),"b":\#(group(8))}}}"#
        .utf8, to: "config.json")
    let path = try folder.safetensors([
      SourceTensor("m.weight_packed", "I32", [1, 1], [1, 2, 3, 4]),
      SourceTensor("m.weight_scale", [1, 1], [1]),
      SourceTensor("m.weight_shape", "I32", [2], [1, 0, 0, 0, 4, 0, 0, 0]),
    ])
    let error = #expect(throws: CheckpointError.self) { try Checkpoints.open(path) }
    #expect(error?.code == .schema && error?.subject == .tensor("m.weight_packed"))
    #expect(error?.found.contains("4 bits") == true && error?.found.contains("8 bits") == true)
  }
}
