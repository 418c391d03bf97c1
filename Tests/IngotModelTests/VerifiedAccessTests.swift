import Dispatch
import IngotContainer
import IngotModel
import IngotSeal
import IngotTestSupport
import SystemPackage
import Testing

/// `spec/seal.md`, clause L13, by those who open models.
struct VerifiedAccessTests {
  private let fixture: SealingFixture
  private let key: SigningKey
  private var folder: TemporaryFolder { fixture.folder }
  private var path: FilePath { folder.path("m.gguf") }

  init() async throws {
    fixture = try SealingFixture()
    key = try SigningKey(seed: [UInt8](repeating: 1, count: 32))
    _ = try await ModelSealer(
      digest: .sha256, chunkByteCount: 64 << 10, release: SealRelease(name: "m", counter: 2), key: key
    ).seal(fixture.folder.path("m.gguf"))
  }

  private func damage(_ offset: Int) throws {
    var bytes = try folder.bytes(of: "m.gguf")
    bytes[offset] ^= 1
    try folder.write(bytes, to: "m.gguf")
  }

  private func code(
    _ verification: ModelFile.Verification, _ policy: SealPolicy = SealPolicy(),
    _ access: ModelFile.Access = .mapped
  ) -> String? {
    do throws(ModelError) {
      _ = try ModelFile(opening: path, access: access, verifying: verification, policy: policy)
      return nil
    } catch {
      return error.code
    }
  }

  @Test(arguments: ModelFile.Access.allCases, ModelFile.Verification.allCases)
  func soundFileOpensAndDecodes(_ access: ModelFile.Access, _ verification: ModelFile.Verification) throws {
    let model = try ModelFile(
      opening: path, access: access, verifying: verification, policy: SealPolicy(keys: [key.verifyingKey]))
    let plain = try ModelFile(opening: path)
    #expect(model.shards[0].seal?.statement.release.counter == 2)
    for (left, right) in zip(model.tensors, plain.tensors) {
      #expect(try left.values().map(\.bitPattern) == right.values().map(\.bitPattern))
    }
  }

  @Test(arguments: ModelFile.Access.allCases) func damageIsFoundWhereItIsTouched(_ access: ModelFile.Access)
    throws
  {
    let a = try #require(fixture.header.tensor(named: "a"))
    let start = Int(fixture.header.byteRange(of: a).lowerBound)
    let chunk = 3
    try damage(chunk * 65_536 + 5)
    #expect(code(.fully, SealPolicy(), access) == "DAMAGED")
    #expect(code(.never, SealPolicy(), access) == nil)

    let model = try ModelFile(opening: path, access: access, verifying: .onAccess)
    let tensor = try #require(model.tensor("a"))
    let rows = (0..<tensor.rowCount).filter {
      let first = start + $0 * tensor.rowByteCount
      return first < (chunk + 1) * 65_536 && first + tensor.rowByteCount > chunk * 65_536
    }
    for row in [0, tensor.rowCount - 1] { #expect(try tensor.values(rows: row..<row + 1).count == 64) }
    for row in [rows[0], rows[rows.count - 1]] {
      let error = #expect(throws: ModelError.self) { try tensor.values(rows: row..<row + 1) }
      #expect(error?.code == "DAMAGED")
      #expect(error?.offset == UInt64(chunk * 65_536))
      #expect(throws: ModelError.self) { try tensor.withBlocks(rows: row..<row + 1) { _ in } }
      var bytes = [UInt8](repeating: 0, count: 256)
      #expect(throws: ModelError.self) {
        try bytes.withUnsafeMutableBytes { try tensor.read(bytes: row * 256..<row * 256 + 256, into: $0) }
      }
    }
  }

  @Test func damageBetweenOpeningAndFirstTouchIsFoundAndAfterItIsNot() throws {
    let model = try ModelFile(opening: path, access: .positional, verifying: .onAccess)
    let tensor = try #require(model.tensor("a"))
    _ = try tensor.values(rows: 1400..<1401)
    try damage(200_000)
    #expect(throws: ModelError.self) { try tensor.values(rows: 700..<720) }
    // A chunk is checked once.
    let place = Int(tensor.byteRange.lowerBound) + 1400 * 256
    #expect(place / 65_536 != 200_000 / 65_536)
    try damage(place)
    _ = try tensor.values(rows: 1400..<1401)
  }

  @Test func changedHeaderIsStaleWhicheverWayItIsOpened() throws {
    let place = try #require(
      (0..<30_000).first { fixture.body[$0..<$0 + 7].elementsEqual("fixture".utf8) })
    try damage(place)
    #expect(code(.onAccess) == "STALE")
    #expect(code(.fully) == "STALE")
    #expect(code(.never, SealPolicy(minimum: .crc32)) == "STALE")
    #expect(code(.never) == nil)
  }

  @Test func damagedVocabularyIsFoundAtOpening() throws {
    let place = try #require((0..<30_000).first { fixture.body[$0..<$0 + 8].elementsEqual("word 777".utf8) })
    try damage(place)
    #expect(code(.onAccess) == "DAMAGED")
  }

  @Test func policyIsAskedOfEveryFile() throws {
    let other = try SigningKey(seed: [UInt8](repeating: 2, count: 32)).verifyingKey
    for verification in ModelFile.Verification.allCases {
      #expect(
        code(verification, SealPolicy(keys: [key.verifyingKey], minimumCounter: 2, releaseName: "m")) == nil)
      #expect(code(verification, SealPolicy(keys: [other])) == "UNTRUSTED_KEY")
      #expect(code(verification, SealPolicy(keys: [key.verifyingKey], minimumCounter: 3)) == "ROLLBACK")
    }
    _ = try ModelUnsealer.unseal(path)
    #expect(code(.never) == nil)
    #expect(code(.never, SealPolicy(minimum: .crc32)) == "SEAL_MISSING")
    #expect(code(.onAccess) == "SEAL_MISSING")
    #expect(code(.fully) == "SEAL_MISSING")
  }

  @Test func manyThreadsTouchOneModel() throws {
    let model = try ModelFile(opening: path, verifying: .onAccess)
    let tensor = try #require(model.tensor("a"))
    let expected = try ModelFile(opening: path).tensor("a")?.values().map(\.bitPattern)
    DispatchQueue.concurrentPerform(iterations: 8) { _ in
      #expect((try? tensor.values())?.map(\.bitPattern) == expected)
    }
  }

  @Test func filesOfTwoSetsDoNotOpenTogether() async throws {
    var first: [UInt8] = []
    for seed in [5, 6] as [UInt64] {
      try fixture.writeSet(seed: seed)
      _ = try await ModelSealer(digest: .sha256, key: key).seal(folder.path("s-00001-of-00002.gguf"))
      if seed == 5 { first = try folder.bytes(of: "s-00001-of-00002.gguf") }
    }
    let path = folder.path("s-00002-of-00002.gguf")
    _ = try ModelFile(opening: path, verifying: .fully)
    try folder.write(first, to: "s-00001-of-00002.gguf")
    let error = #expect(throws: ModelError.self) { try ModelFile(opening: path, verifying: .onAccess) }
    #expect(error?.code == "SEAL_SET")
    _ = try ModelFile(opening: path)
  }
}
