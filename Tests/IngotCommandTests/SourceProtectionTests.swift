import Foundation
import IngotTestSupport
import SystemPackage
import Testing

/// No output replaces a file that is read, under any of its names (`spec/command.md`, clause K1.1).
@Suite struct SourceProtectionTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try folder.makeFolder("m")
    for name in ["config.json", "model.safetensors", "tokenizer.model", "tokenizer_config.json"] {
      try folder.write(try TestData.bytes("huggingface/llama-gptq-f16/\(name)"), to: "m/\(name)")
    }
    try folder.write(Array("{\"temperature\": 0.5}".utf8), to: "m/generation_config.json")
    try folder.makeHardLink("hard", to: "m/config.json")
    try folder.makeLink("soft", to: "m/tokenizer.model")

    try folder.makeFolder("sharded")
    try folder.safetensors(
      [SourceTensor("w", [4, 32], [Float](repeating: 1, count: 128))],
      name: "sharded/model-00001-of-00001.safetensors")
    try folder.write(
      Array(
        #"{"metadata":{"total_size":512},"weight_map":{"w":"model-00001-of-00001.safetensors"}}"#.utf8),
      to: "sharded/model.safetensors.index.json")
    try folder.write(
      try ImportanceFile.gguf(
        ImportanceFile.pair("w", sums: [Float](repeating: 1, count: 32), counts: [1])), to: "imatrix.gguf")
    try folder.safetensors(
      [SourceTensor("w", [32, 32], (0..<1024).map { $0 % 33 == 0 ? 1 : 0 })], name: "moments")

    try folder.makeFolder("adapter")
    try folder.write(
      Array(#"{"peft_type":"LORA","r":2,"lora_alpha":4,"target_modules":["x"]}"#.utf8),
      to: "adapter/adapter_config.json")
    try folder.safetensors(
      [
        SourceTensor("base_model.model.w.lora_A.weight", [2, 32], [Float](repeating: 1, count: 64)),
        SourceTensor("base_model.model.w.lora_B.weight", [4, 2], [Float](repeating: 1, count: 8)),
      ], name: "adapter/adapter_model.safetensors")
    // The base of the adapter names its tensor as the trained model did.
    try folder.safetensors(
      [SourceTensor("w.weight", [4, 32], [Float](repeating: 1, count: 128))], name: "base.safetensors")
    #expect(try run("convert sharded -o f.gguf").status == 0)
    #expect(try run("keygen -o k.pem").status == 0)
  }

  private func run(_ line: String) throws -> CommandResult {
    try Command.run(line.split(separator: " ").map(String.init), in: folder)
  }

  private func contents() throws -> [String: [UInt8]] {
    var contents: [String: [UInt8]] = [:]
    for place in ["", "m/", "sharded/", "adapter/"] {
      let path = folder.path.appending(place)
      for name in try FileManager.default.contentsOfDirectory(atPath: path.string) {
        guard let bytes = FileManager.default.contents(atPath: path.appending(name).string) else { continue }
        contents[place + name] = Array(bytes)
      }
    }
    return contents
  }

  @Test(arguments: [
    "convert m -o m/config.json", "convert m -o hard", "convert m -o m/tokenizer.model", "convert m -o soft",
    "convert m -o m/tokenizer_config.json", "convert m -o m/generation_config.json",
    "convert m -o m/model.safetensors", "convert m --family generic -o m/config.json",
    "convert sharded -o sharded/model.safetensors.index.json",
    "export sharded -o sharded/model.safetensors.index.json --format safetensors",
    "extract sharded w -o sharded/model.safetensors.index.json --format npy",
    "convert sharded -o imatrix.gguf --importance imatrix.gguf --encoding q4_0",
    "convert sharded -o moments --second-moments moments --encoding q4_0 --effort best",
    "convert base.safetensors --lora adapter -o adapter/adapter_config.json",
    "convert base.safetensors --lora adapter -o adapter/adapter_model.safetensors",
    "seal f.gguf -o k.pem --sign k.pem --digest sha256", "seal f.gguf -o f.gguf",
  ]) func aFileThatIsReadIsNotReplaced(line: String) throws {
    let before = try contents()
    let result = try run(line + " --force")
    #expect(result.status == 2, "\(result.error)")
    #expect(result.error.contains("is also a file that is read"), "\(result.error)")
    #expect(try contents() == before)
  }

  @Test func theKeyIsNotReplacedByADetachedSeal() throws {
    try folder.write(try folder.bytes(of: "k.pem"), to: "f.gguf.seal")
    let result = try run("seal f.gguf --detached --sign f.gguf.seal --force")
    // The file has a seal of its own, which comes first.
    #expect(result.status == 2)
    #expect(try run("unseal f.gguf").status == 0)
    let refused = try run("seal f.gguf --detached --sign f.gguf.seal --force")
    #expect(refused.status == 2 && refused.error.contains("is also a file that is read"), "\(refused.error)")
    #expect(try folder.bytes(of: "f.gguf.seal") == folder.bytes(of: "k.pem"))
  }

  @Test func otherFilesOfTheFolderAreReplaced() throws {
    try folder.write([1], to: "m/model.gguf")
    let result = try run("convert m -o m/model.gguf --force")
    #expect(result.status == 0, "\(result.error)")
    #expect(try folder.bytes(of: "m/model.gguf").count > 1000)
  }
}
