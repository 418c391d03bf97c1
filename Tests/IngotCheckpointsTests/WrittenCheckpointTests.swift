import Foundation
import IngotTestSupport
import SystemPackage
import Testing

@testable import IngotCheckpoints

/// Files that PyTorch and NumPy wrote, and what these read from them: `testdata/checkpoints/written`.
struct WrittenCheckpointTests {
  /// The shape, the type and the hash of a tensor.
  struct Expected: Decodable, Equatable {
    let shape: [Int]
    let type: String
    let hash: String

    init(from decoder: any Decoder) throws {
      var values = try decoder.unkeyedContainer()
      shape = try values.decode([Int].self)
      type = try values.decode(String.self)
      hash = try values.decode(String.self)
    }

    init(_ tensor: CheckpointTensor, hash: String) {
      shape = tensor.shape
      type = tensor.type.name
      self.hash = String(hash.prefix(16))
    }
  }

  static let folder = TestData.path("checkpoints/written")
  static let values: [String: [String: Expected]] = {
    guard let bytes = try? TestData.bytes("checkpoints/written/values.json") else { return [:] }
    return (try? JSONDecoder().decode([String: [String: Expected]].self, from: Data(bytes))) ?? [:]
  }()

  /// The tensors of a file, each read in pieces of a size that fits nothing.
  private func found(_ name: String, piece: Int) throws -> [String: Expected] {
    let checkpoint = try Checkpoints.open(Self.folder.appending(name), choosing: .onlyOrAll)
    let hashes = try SHA256.hexadecimal(
      checkpoint.tensors.map { try checkpoint.bytes(of: $0, piece: piece) })
    return Dictionary(
      uniqueKeysWithValues: zip(checkpoint.tensors, hashes).map { ($0.name, Expected($0, hash: $1)) })
  }

  // Clauses P1, P2, P6, Z6, A4 and A5.
  @Test(arguments: values.keys.sorted(), [7, 1 << 16])
  func everyTensorIsWhatItsLibraryReads(_ name: String, _ piece: Int) throws {
    var found = try found(name, piece: piece)
    let expected = try #require(Self.values[name])
    // A state dictionary has no constants of the code.
    if name == "script.jit" { found = found.filter { expected[$0.key] != nil } }
    #expect(found == expected)
  }

  @Test func thereAreFilesOfAllForms() {
    #expect(Self.values.count >= 19)
  }

  // Clause P6.5: what shares a storage says so, and is stored once.
  @Test func viewsOfOneStorageShareIt() throws {
    for name in ["views.pt", "views.pth"] {
      let checkpoint = try Checkpoints.open(Self.folder.appending(name))
      let views = try ["base", "rows", "columns", "transposed", "every_third", "one"].map {
        try #require(checkpoint.tensor(named: $0)?.view)
      }
      #expect(Set(views.map(\.storage)).count == 1)
      #expect(views.map(\.start) == [0, 48, 12, 0, 0, 116])
      #expect(views[3].strides == [1, 12])
      #expect(checkpoint.tensor(named: "cube")?.view?.storage != views[0].storage)
    }
  }

  // Clause P7.
  @Test func aDictionaryIsChosenOrThoseThatThereAreAreListed() throws {
    let path = Self.folder.appending("training.pt")
    let error = #expect(throws: CheckpointError.self) { try Checkpoints.open(path) }
    #expect(error?.code == .stateDictionary)
    #expect(error?.found.contains("\"model_state\" (11)") == true)
    #expect(error?.found.contains("\"optimizer\" (18)") == true)
    let state = try Checkpoints.open(path, choosing: .named("model_state"))
    #expect(state.tensors.count == 11)
    #expect(state.tensor(named: "layers.0.weight")?.shape == [4, 3])
    let moments = try Checkpoints.open(path, choosing: .named("optimizer.state.0"))
    #expect(Set(moments.tensors.map(\.name)) == ["step", "exp_avg", "exp_avg_sq"])
    #expect(try Checkpoints.open(path, choosing: .named(".")).tensors.count == 29)
    let other = #expect(throws: CheckpointError.self) { try Checkpoints.open(path, choosing: .named("none")) }
    #expect(other?.code == .stateDictionary)
    #expect(other?.expected.contains("\"model_state\"") == true)
    // One that is alone is found by itself.
    let nested = try Checkpoints.open(Self.folder.appending("nested.pt"))
    #expect(nested.tensor(named: "norm.running_mean")?.shape == [2])
  }

  // Clause P7.2.
  @Test func aFileWithOneDictionaryHasNoneToChoose() {
    let path = Self.folder.appending("types.pt")
    let error = #expect(throws: CheckpointError.self) { try Checkpoints.open(path, choosing: .named("foo")) }
    #expect(error?.code == .stateDictionary)
    #expect(error?.found == "no dictionary with tensors under \"foo\"")
    #expect(error?.expected == "no --select, since the file has just one dictionary")
  }

  // Clause P7.3.
  @Test(arguments: [
    ("checkpoints/written/arrays.npz", "a NumPy file"), ("checkpoints/written/version-1.npy", "a NumPy file"),
    ("checkpoints/minilm-part.safetensors", "a safetensors file"),
    ("checkpoints/written/shards", "an index of shards"),
    ("huggingface/mistral-spm-sharded-bf16", "an index of shards"),
  ])
  func aChoiceOfWhatHasNoDictionariesIsRefused(_ name: String, _ found: String) {
    let path = TestData.path(name)
    for choice in ["foo", "."] {
      let error = #expect(throws: CheckpointError.self) {
        try Checkpoints.open(path, choosing: .named(choice))
      }
      #expect(error?.code == .stateDictionary && error?.offset == nil)
      #expect(error?.found.hasPrefix(found) == true)
    }
    #expect(throws: Never.self) { try Checkpoints.open(path, choosing: .onlyOrAll) }
  }

  @Test func aFolderWithShardsOfPyTorchIsOneCheckpoint() throws {
    let checkpoint = try Checkpoints.open(Self.folder.appending("shards"))
    #expect(checkpoint.format == .pytorch)
    #expect(checkpoint.sourceFiles.count == 2)
    #expect(checkpoint.name == "shards")
  }

  // A tensor that is cut anywhere is no checkpoint, and no byte that changes is a trap.
  @Test(arguments: ["protocol-4.pt", "views.pth", "version-1.npy"])
  func everyTruncationIsRefused(_ name: String) throws {
    let bytes = try TestData.bytes("checkpoints/written/\(name)")
    let folder = try TemporaryFolder()
    for count in stride(from: 0, to: bytes.count, by: 17) {
      let path = try folder.write(Array(bytes.prefix(count)), to: "cut")
      let error = #expect(throws: CheckpointError.self) { try Checkpoints.open(path) }
      #expect(error?.offset.map { $0 <= count } != false)
    }
  }

  @Test(arguments: ["types.pt", "views.pth", "arrays-deflated.npz", "script.jit"])
  func noChangedByteIsATrap(_ name: String) throws {
    let bytes = try TestData.bytes("checkpoints/written/\(name)")
    let folder = try TemporaryFolder()
    var generator = SeededGenerator(seed: 8)
    for _ in 0..<150 {
      var changed = bytes
      for _ in 0..<Int.random(in: 1...3, using: &generator) {
        changed[Int.random(in: 0..<bytes.count, using: &generator)] = .random(in: 0...255, using: &generator)
      }
      let path = try folder.write(changed, to: "changed")
      do {
        let checkpoint = try Checkpoints.open(path, choosing: .onlyOrAll)
        for tensor in checkpoint.tensors where tensor.byteCount < 1 << 20 {
          _ = try checkpoint.bytes(of: tensor)
        }
      } catch let error as CheckpointError {
        #expect(error.offset.map { $0 <= bytes.count } != false, "\(error)")
      }
    }
  }
}
