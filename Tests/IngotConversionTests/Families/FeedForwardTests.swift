import IngotCheckpoints
import IngotFiles
import IngotTestSupport
import SystemPackage
import Testing

@testable import IngotConversion

/// Layers whose width is not four times that of the model: `spec/families.md`, clause N2.
@Suite struct FeedForwardTests {
  @Test func gpt2HasTheWidthOfItsConfiguration() throws {
    let (folder, original) = (try TemporaryFolder(), TestData.path("huggingface/gpt2-bpe-f32"))
    for name in try Folder.names(in: original).map(\.string) {
      try folder.write(try TestData.bytes("huggingface/gpt2-bpe-f32/\(name)"), to: name)
    }
    let config = String(decoding: try folder.bytes(of: "config.json"), as: UTF8.self)
    try folder.write(
      Array(config.replacing(/"n_inner": *null/, with: "\"n_inner\": 56").utf8), to: "config.json")
    let width = try #require(
      try Checkpoints.open(original).tensors.first { $0.name.hasSuffix("mlp.c_fc.bias") }?.shape.first)
    try folder.safetensors(
      try Checkpoints.open(original).tensors.map { tensor in
        let shape = tensor.name.contains(".mlp.") ? tensor.shape.map { $0 == width ? 56 : $0 } : tensor.shape
        return SourceTensor(tensor.name, shape, [Float](repeating: 0, count: shape.reduce(1, *)))
      }, name: "model.safetensors")
    let model = try FamilyModel(opening: folder.path)
    #expect(model.metadata["gpt2.feed_forward_length"] == .uint32(56))
    let up = model.checkpoint.derived.first { $0.name == "blk.0.ffn_up.weight" }
    #expect(up?.shape.first == 56)
  }
}
