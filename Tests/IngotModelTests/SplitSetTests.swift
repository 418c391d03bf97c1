import IngotContainer
import IngotEncodings
import IngotFiles
import IngotTestSupport
import SystemPackage
import Testing

@testable import IngotModel

@Suite struct SplitSetTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private static func name(_ index: Int, _ count: Int = 3) -> String {
    SplitName(prefix: "m", index: index, count: count).fileName
  }

  /// Writes one file of a set, which states its place.
  @discardableResult
  private func write(
    _ names: [String], _ index: Int, of count: Int = 3, tensorCount: Int32? = 4, to file: String? = nil
  ) throws -> Fixture {
    var metadata: Metadata = [
      "split.no": .uint16(UInt16(index)), "split.count": .uint16(UInt16(count)),
      "place": .uint32(UInt32(index)),
    ]
    if let tensorCount { metadata["split.tensors.count"] = .int32(tensorCount) }
    let fixture = try Fixture(names.map { ($0, [2], .f32) }, metadata: metadata, seed: UInt64(index))
    try fixture.write(to: file ?? Self.name(index), in: folder)
    return fixture
  }

  /// Writes a good set of three files.
  private func writeSet() throws -> [Fixture] {
    [try write(["a", "b"], 0), try write([], 1), try write(["c", "d"], 2)]
  }

  private func refusal(_ name: String) -> ModelError? {
    #expect(throws: ModelError.self) { try ModelFile(opening: folder.path(name)) }
  }

  @Test func anyFileOpensTheWholeSet() throws {
    let fixtures = try writeSet()
    for index in 0..<3 {
      let model = try ModelFile(opening: folder.path(Self.name(index)))
      #expect(model.shards.map(\.file.path) == (0..<3).map { folder.path(Self.name($0)) })
      #expect(try model.metadata.integer("place") == 0)
      #expect(model.tensors.map(\.name) == ["a", "b", "c", "d"])
      #expect(try model.tensors[3].values().bits == fixtures[2].values(of: 1).bits)
      #expect(try model.tensor("c")?.values().bits == fixtures[2].values(of: 0).bits)
      #expect(model.tensor("e") == nil)
    }
  }

  @Test func setWithoutSplitKeysIsBelievedByItsNames() throws {
    for index in 0..<3 { try Fixture([("\(index)", [1], .f32)]).write(to: Self.name(index), in: folder) }
    #expect(try ModelFile(opening: folder.path(Self.name(1))).tensors.map(\.name) == ["0", "1", "2"])
  }

  @Test func missingFileIsNamed() throws {
    _ = try writeSet()
    try PlatformCalls().unlink(folder.path(Self.name(1)))
    let error = refusal(Self.name(0))
    #expect(error?.code == "SPLIT")
    #expect(error?.path == folder.path(Self.name(1)))
    #expect(error?.description.contains("file 2 of 3 of the split set") == true)
  }

  @Test func nameThatClaimsAnyNumberOfFilesIsBounded() throws {
    let name = Self.name(0, Int.max)
    try Fixture([]).write(to: name, in: folder)
    #expect(refusal(name)?.path == folder.path(Self.name(1, Int.max)))
  }

  @Test func damagedFileOfTheSetIsNamedWithItsOffset() throws {
    _ = try writeSet()
    try folder.truncate(Self.name(2), to: 10)
    let error = refusal(Self.name(0))
    #expect(error?.code == "TRUNCATED")
    #expect(error?.path == folder.path(Self.name(2)))
    #expect(error?.offset == 8)
  }

  @Test func wrongPlaceOrCountIsRefused() throws {
    for (index, count) in [(0, 3), (1, 2), (1, 4)] {
      _ = try writeSet()
      try write([], index, of: count, to: Self.name(1))
      let error = refusal(Self.name(0))
      #expect(
        error
          == ModelError(
            .split(
              found: "file \(index + 1) of \(count) by its metadata", expected: "2 of 3, as its name says"),
            folder.path(Self.name(1))))
      #expect(error?.code == "SPLIT")
    }
  }

  @Test func otherNumberOfTensorsThanStatedIsRefused() throws {
    _ = try writeSet()
    // A file of another set: its place fits, but not what it holds.
    try write(["x"], 1)
    #expect(
      refusal(Self.name(0))
        == ModelError(
          .split(found: "5 tensors in the set", expected: "4, as this file's metadata says"),
          folder.path(Self.name(0))))
  }

  @Test func tensorInTwoFilesIsRefused() throws {
    _ = try writeSet()
    try write(["c", "b"], 2)
    let error = refusal(Self.name(0))
    #expect(
      error
        == ModelError(
          .duplicateTensor(otherFile: folder.path(Self.name(0)), offset: error?.offset ?? 0),
          folder.path(Self.name(2)), tensor: "b"))
    #expect(error?.code == "DUPLICATE")
  }

  @Test func splitKeyOfAnotherTypeIsRefused() throws {
    _ = try writeSet()
    try Fixture([], metadata: ["split.count": "three"]).write(to: Self.name(1), in: folder)
    let error = refusal(Self.name(0))
    #expect(error?.code == "SCHEMA")
    #expect(error?.path == folder.path(Self.name(1)))
    // After the count of tensors and keys, the key and the type of its value.
    #expect(error?.offset != nil)
  }

  @Test func fileOfASetUnderAnotherNameIsRefused() throws {
    try write(["a"], 0, to: "renamed.gguf")
    let error = refusal("renamed.gguf")
    #expect(error?.code == "SPLIT")
    #expect(error?.path == folder.path("renamed.gguf"))
  }

  @Test func setOfOneOpensUnderAnyName() throws {
    try write(["a"], 0, of: 1, tensorCount: 1, to: "single.gguf")
    try write(["a"], 0, of: 1, tensorCount: 1, to: Self.name(0, 1))
    #expect(try ModelFile(opening: folder.path("single.gguf")).tensors.count == 1)
    #expect(try ModelFile(opening: folder.path(Self.name(0, 1))).tensors.count == 1)
  }
}
