import IngotCheckpoints
import IngotTestSupport
import Testing

/// Clause S10 of `spec/safetensors.md`.
@Suite struct UnindexedShardsTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func write(_ name: String, shard: Int, of count: Int) throws {
    try folder.safetensors(
      [SourceTensor(name, [2], [1, 2])], name: "model-0000\(shard)-of-0000\(count).safetensors")
  }

  private func refusal() -> CheckpointError? {
    #expect(throws: CheckpointError.self) { _ = try Checkpoints.open(folder.path) }
  }

  @Test func shardsOfACompleteSetAreOneCheckpoint() throws {
    try write("a", shard: 1, of: 2)
    try write("b", shard: 2, of: 2)
    let checkpoint = try Checkpoints.open(folder.path)
    #expect(checkpoint.tensors.map(\.name) == ["a", "b"])
    #expect(checkpoint.sourceFiles.count == 2)
  }

  @Test func aMissingShardIsNamed() throws {
    try write("a", shard: 1, of: 2)
    let error = refusal()
    #expect(error?.code == .shard && error?.found.contains("2") ?? false)
  }

  @Test func aTensorInTwoShardsIsRefused() throws {
    try write("a", shard: 1, of: 2)
    try write("a", shard: 2, of: 2)
    #expect(refusal()?.code == .duplicate)
  }
}
