import IngotContainer
import IngotModel
import IngotSeal
import IngotTestSupport
import SystemPackage
import Testing

/// `spec/seal.md`, clause L10: files that are trusted are opened by the index.
struct IndexedOpeningTests {
  private let fixture: SealingFixture
  private let key: SigningKey
  private var folder: TemporaryFolder { fixture.folder }
  private var path: FilePath { folder.path("m.gguf") }
  private let tokens = "tokenizer.ggml.tokens"

  init() async throws {
    fixture = try SealingFixture(words: 3000)
    key = try SigningKey(seed: [UInt8](repeating: 1, count: 32))
    _ = try await ModelSealer(digest: .sha256, chunkByteCount: 64 << 10, key: key).seal(
      fixture.folder.path("m.gguf"))
  }

  /// Whether the words are looked at as the model is opened: broken ones then refuse it.
  private func isWalked(_ open: (FilePath) throws -> ModelFile) throws -> Bool {
    let bytes = try folder.bytes(of: "m.gguf")
    defer { _ = try? folder.write(bytes, to: "m.gguf") }
    _ = try open(path)
    var broken = bytes
    broken[try #require((0..<60_000).first { bytes[$0..<$0 + 8].elementsEqual("word 777".utf8) })] = 0xFF
    try folder.write(broken, to: "m.gguf")
    do {
      _ = try open(path)
      return false
    } catch let error as ModelError {
      #expect(error.code == "UTF8")
      return true
    }
  }

  @Test(arguments: ModelFile.Access.allCases, ModelFile.Verification.allCases)
  func arraysAreReadWhenAskedForAndTheSame(_ access: ModelFile.Access, _ verification: ModelFile.Verification)
    throws
  {
    let plain = try ModelFile(opening: path, access: access)
    for (policy, isTrusted) in [(SealPolicy(keys: [key.verifyingKey]), false), (SealPolicy(), true)] {
      let model = try ModelFile(
        opening: path, access: access, verifying: verification, policy: policy, isTrusted: isTrusted)
      #expect(try model.metadata.array(tokens)?.count == 3000)
      #expect(try model.metadata.array(tokens)?.strings?[2999] == "word 2999")
      #expect(try model.metadata.strings(tokens)?[64] == "word 64")
      #expect(try model.metadata.values("tokenizer.ggml.scores", of: Float.self)?[7] == 7)
      #expect(try model.metadata.string("general.name") == "fixture")
      #expect(model.metadata == plain.metadata)
      #expect(model.shards[0].header == plain.shards[0].header)
      #expect(model.shards[0].header.encoded() == plain.shards[0].header.encoded())
      #expect(try model.tensor("b")?.values() == plain.tensor("b")?.values())
    }
  }

  @Test func unsignedOrUntrustedFilesAreWalked() throws {
    #expect(try isWalked { try ModelFile(opening: $0) })
    #expect(try isWalked { try ModelFile(opening: $0, verifying: .onAccess) })
    #expect(try isWalked { try ModelFile(opening: $0, policy: SealPolicy(minimum: .sha256)) })
    #expect(try !isWalked { try ModelFile(opening: $0, isTrusted: true) })
    #expect(try !isWalked { try ModelFile(opening: $0, policy: SealPolicy(keys: [key.verifyingKey])) })
    _ = try ModelUnsealer.unseal(path)
    #expect(try isWalked { try ModelFile(opening: $0, isTrusted: true) })
  }

  @Test func damageInADeferredArrayIsAnErrorWhenItIsRead() throws {
    var bytes = try folder.bytes(of: "m.gguf")
    let place = try #require((0..<60_000).first { bytes[$0..<$0 + 8].elementsEqual("word 777".utf8) })
    bytes[place] ^= 1
    try folder.write(bytes, to: "m.gguf")
    let model = try ModelFile(
      opening: path, verifying: .onAccess, policy: SealPolicy(keys: [key.verifyingKey]))
    let array = try #require(try model.metadata.array(tokens))
    let error = #expect(throws: ModelError.self) { try array.load() }
    #expect(error?.code == "DAMAGED")
    #expect(error?.offset == 0)
    #expect(throws: ContainerError.self) { try model.metadata.strings(tokens) }
    // Nothing that was not checked is given out.
    #expect(array.strings?.allSatisfy { $0 == "" } == true)
    #expect(throws: ModelError.self) { try array.element(at: 0) }
    #expect(throws: ModelError.self) {
      try ModelFile(opening: path, verifying: .fully, policy: SealPolicy(keys: [key.verifyingKey]))
    }
  }

  @Test func brokenArrayOfATrustedFileIsAnErrorAtItsPlace() throws {
    var bytes = try folder.bytes(of: "m.gguf")
    let place = try #require((0..<60_000).first { bytes[$0..<$0 + 8].elementsEqual("word 777".utf8) })
    bytes[place] = 0xFF
    try folder.write(bytes, to: "m.gguf")
    let model = try ModelFile(opening: path, isTrusted: true)
    let error = #expect(throws: ContainerError.self) { try model.metadata.strings(tokens) }
    #expect(error?.code == .utf8)
    #expect(error?.offset == UInt64(place))
    // A length that no longer leads to the next string.
    bytes[place] = UInt8(ascii: "w")
    bytes[place - 8] ^= 1
    try folder.write(bytes, to: "m.gguf")
    #expect(throws: ContainerError.self) {
      try ModelFile(opening: path, isTrusted: true).metadata.strings(tokens)
    }
  }

  @Test func trustedFilesWithAnyFlippedBitNeverTrap() throws {
    let bytes = try folder.bytes(of: "m.gguf")
    var generator = SeededGenerator(seed: 11)
    for _ in 0..<400 {
      var copy = bytes
      // The header and the seal are where it matters.
      let range = Bool.random(using: &generator) ? 0..<80_000 : bytes.count - 1200..<bytes.count
      copy[Int.random(in: range, using: &generator)] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
      try folder.write(copy, to: "m.gguf")
      guard let model = try? ModelFile(opening: path, isTrusted: true) else { continue }
      for (key, value) in model.metadata {
        guard case .array(let array) = value else { continue }
        _ = try? array.load()
        #expect(array.count(where: { _ in true }) == array.count, "\(key)")
      }
    }
  }

  @Test func changedHeaderIsStale() throws {
    var bytes = try folder.bytes(of: "m.gguf")
    let place = try #require((0..<90_000).first { bytes[$0..<$0 + 7].elementsEqual("fixture".utf8) })
    bytes[place] ^= 1
    try folder.write(bytes, to: "m.gguf")
    let error = #expect(throws: ModelError.self) {
      try ModelFile(opening: path, policy: SealPolicy(keys: [key.verifyingKey]), isTrusted: true)
    }
    #expect(error?.code == "STALE")
    // Trust asks for nothing: the file is then walked.
    #expect(try isWalked { try ModelFile(opening: $0, isTrusted: true) })
  }
}
