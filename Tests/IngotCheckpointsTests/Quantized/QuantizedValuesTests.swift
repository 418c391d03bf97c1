import IngotEncodings
import IngotFiles
import IngotTestSupport
import SystemPackage
import Testing

@testable import IngotCheckpoints

/// The folders of `testdata/quantized`, whose weights were made by other programs and decoded by numpy.
struct QuantizedFolder: CustomTestStringConvertible, Sendable {
  let name: String
  var testDescription: String { name }
  var path: FilePath { TestData.path("quantized/\(name)") }

  static let all: [QuantizedFolder] =
    ((try? Folder.names(in: TestData.path("quantized"))) ?? []).map { QuantizedFolder(name: $0.string) }
}

/// Weights of every scheme have the values that the file stands for: `spec/quantized.md`.
@Suite struct QuantizedValuesTests {
  @Test func everySchemeHasAFolder() {
    #expect(
      QuantizedFolder.all.map(\.name) == [
        "awq", "ct-float-quantized", "ct-float-tensor", "ct-int-quantized", "ct-mixed-precision", "ct-mxfp4",
        "ct-naive-quantized", "ct-nvfp4", "ct-pack-order", "fp4", "fp8", "gptq-2", "gptq-4", "gptq-8",
        "llm-int8", "mxfp4", "nf4-nested",
      ])
  }

  // Q1.1, and the clause of each scheme: bit by bit, whatever the ranges that are read.
  @Test(arguments: QuantizedFolder.all)
  func valuesAreThoseOfTheReference(_ folder: QuantizedFolder) throws {
    let checkpoint = try Checkpoints.open(folder.path)
    let expected = try SafeTensorsCheckpoint(opening: folder.path.appending("expected.safetensors"))
    #expect(expected.tensors.count > 0)
    for tensor in expected.tensors {
      let found = try #require(checkpoint.tensor(named: tensor.name), "\(tensor.name)")
      #expect(found.type == .float32 && found.shape == tensor.shape, "\(tensor.name)")
      let bytes = try expected.bytes(of: tensor)
      for piece in [1 << 16, 4, 1, 7, 250, 4 * (tensor.shape.last ?? 1)] {
        #expect(try checkpoint.bytes(of: found, piece: piece) == bytes, "\(tensor.name) by \(piece)")
      }
      #expect(checkpoint.change(of: tensor.name)?.hasPrefix("decoded from ") == true)
    }
  }

  // Q1.1: what weights are made of is no tensor of its own, and the rest stays as it is.
  @Test func thePartsAreNoTensors() throws {
    let names = { (name: String) in
      try Set(Checkpoints.open(TestData.path("quantized/\(name)")).tensors.map(\.name))
    }
    #expect(try names("gptq-4") == ["m.q.weight", "m.q.bias"])
    #expect(try names("nf4-nested") == ["m.q.weight"])
    #expect(try names("llm-int8") == ["m.q.weight"])
    #expect(try names("ct-pack-order") == ["m.q.weight", "lm_head.weight"])
    #expect(
      try names("fp8") == [
        "a.weight", "b.weight", "c.weight", "experts.gate_up_proj", "lm_head.weight", "norm.weight",
      ])
    #expect(try names("mxfp4") == ["e.down_proj", "e.down_proj_bias"])
  }

  // Q1.6
  @Test(
    arguments: [
      ("gptq-4", "m.q.weight", "GPTQ, 4 bits in groups of 16"),
      ("gptq-8", "m.q.weight", "GPTQ, 8 bits in one group"),
      ("awq", "m.q.weight", "AWQ, 4 bits in groups of 16"),
      ("fp8", "a.weight", "FP8 E4M3, blocks of 16 × 24"), ("fp8", "c.weight", "FP8 E5M2, one scale"),
      ("nf4-nested", "m.q.weight", "NF4, blocks of 64, nested scales"),
      ("fp4", "m.q.weight", "FP4, blocks of 64"),
      ("llm-int8", "m.q.weight", "LLM.int8, a scale a row"), ("mxfp4", "e.down_proj", "MXFP4, groups of 32"),
      ("ct-mixed-precision", "m.q.weight", "pack-quantized, 4 bits in groups of 16"),
      ("ct-mixed-precision", "m.v.weight", "float-quantized, FP8 E4M3, a scale a row"),
      ("ct-nvfp4", "m.q.weight", "NVFP4, groups of 16"),
    ])
  func theSchemeIsNamed(folder: String, tensor: String, words: String) throws {
    let checkpoint = try Checkpoints.open(TestData.path("quantized/\(folder)"))
    #expect(checkpoint.change(of: tensor) == "decoded from \(words)")
  }

  // Q2.4: a module that is left out is read as it is stored.
  @Test func ignoredModulesStayAsTheyAre() throws {
    let checkpoint = try Checkpoints.open(TestData.path("quantized/fp8"))
    #expect(checkpoint.tensor(named: "lm_head.weight")?.type == .float8E4M3)
    #expect(checkpoint.change(of: "lm_head.weight") == nil)
  }

  // Q6.5
  @Test(arguments: [false, true])
  func codesOfFewBitsAreSomeOfThoseOfMore(_ isFewFirst: Bool) throws {
    let folder = try TemporaryFolder()
    func group(_ bits: Int, _ format: String) -> String {
      #"{"format":"\#(format)","weights":{"num_bits":\#(bits),"type":"int","strategy":"channel","symmetric":true}}"#
    }
    let groups = [group(4, "naive-quantized"), group(8, "int-quantized")]
    let (first, second) = isFewFirst ? (groups[0], groups[1]) : (groups[1], groups[0])
    let note =
      #"{"quantization_config":{"quant_method":"compressed-tensors","format":"mixed-precision","config_groups":{"a":\#(first),"b":\#(second)}}}"#
    try folder.write(Array(note.utf8), to: "config.json")
    try folder.safetensors([
      SourceTensor("few.weight", "I8", [2, 2], [0xF8, 7, 0, 1]),
      SourceTensor("few.weight_scale", [2, 1], [2, 3]),
      SourceTensor("more.weight", "I8", [2, 2], [0x80, 127, 31, 1]),
      SourceTensor("more.weight_scale", [2, 1], [2, 3]),
    ])
    let checkpoint = try Checkpoints.open(folder.path)
    for (name, expected) in [("few", [-16, 14, 0, 3] as [Float]), ("more", [-256, 254, 93, 3])] {
      let tensor = try #require(checkpoint.tensor(named: name + ".weight"))
      var values = [Float](repeating: 0, count: 4)
      try values.withUnsafeMutableBytes { try checkpoint.read(tensor, bytes: 0..<16, into: $0) }
      #expect(values == expected)
    }
  }

  // Q2.4
  @Test func partsOfANameMatchAModule() {
    let ignored = IgnoredModules(["lm_head", "layers.3", "mlp.gate", "re:.*norm"])
    for name in ["lm_head", "model.lm_head", "a.lm_head.b", "layers.3.q", "model.layers.0.mlp.gate"] {
      #expect(ignored.contains(name), "\(name)")
    }
    for name in ["lm_head2", "model.layers.33.q", "mlp.gate_proj", "norm", "layers", ""] {
      #expect(!ignored.contains(name), "\(name)")
    }
    let long = [String](repeating: "x", count: 1000).joined(separator: ".") + ".lm_head"
    #expect(!ignored.contains(long))
  }

  // Q8: a family that takes blocks gets them.
  @Test func blocksAreKeptForThoseThatTakeThem() throws {
    let kept = try Checkpoints.open(TestData.path("quantized/mxfp4"), keepsBlocks: true)
    #expect(
      kept.tensor(named: "e.down_proj_blocks")?.type == .uint8 && kept.tensor(named: "e.down_proj") == nil)
  }
}
