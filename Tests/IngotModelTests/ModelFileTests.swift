import IngotContainer
import IngotEncodings
import IngotFiles
import IngotTestSupport
import SystemPackage
import Testing

@testable import IngotModel

@Suite struct ModelFileTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  @Test func metadataAndTensorsAreThoseOfTheHeader() throws {
    let fixture = try Fixture([("b", [4], .f32), ("a", [2, 2], .f16)], metadata: ["general.name": "small"])
    let model = try ModelFile(opening: try fixture.write(to: "a.gguf", in: folder))
    #expect(try model.metadata.string("general.name") == "small")
    #expect(model.tensors.map(\.name) == ["b", "a"])
    #expect(model.shards.map(\.header) == [fixture.header])
    #expect(model.tensor("a")?.info == fixture.header.tensors[1])
    #expect(model.tensor("c") == nil)
  }

  @Test func namesAreComparedByteByByte() throws {
    // The same letter to a reader of text: in one scalar, and as e with an accent.
    let fixture = try Fixture([("\u{E9}", [1], .f32), ("e\u{301}", [2], .f32)])
    let model = try ModelFile(opening: try fixture.write(to: "a.gguf", in: folder))
    #expect(model.tensor("\u{E9}")?.elementCount == 1)
    #expect(model.tensor("e\u{301}")?.elementCount == 2)
  }

  @Test func modelWithoutTensorsOpens() throws {
    let model = try ModelFile(opening: try Fixture([]).write(to: "a.gguf", in: folder))
    #expect(model.tensors.isEmpty)
    #expect(model.tensor("a") == nil)
  }

  @Test(.timeLimit(.minutes(1)), arguments: ModelFile.Access.allCases)
  func otherThingsThanFilesAreRefusedAtOnce(access: ModelFile.Access) throws {
    let cases: [(FilePath, FileError.Code)] = [
      (try folder.makeFolder("f-\(access)"), .notRegular), (try folder.makePipe("p-\(access)"), .notRegular),
      ("/dev/null", .notRegular), (folder.path("none"), .notFound),
    ]
    for (path, code) in cases {
      let error = #expect(throws: ModelError.self) { try ModelFile(opening: path, access: access) }
      #expect(error?.code == code.rawValue)
      #expect(error?.path == path)
    }
  }

  @Test(arguments: ModelFile.Access.allCases)
  func emptyFileIsNoModel(access: ModelFile.Access) throws {
    let path = try folder.write([], to: "empty")
    let error = #expect(throws: ModelError.self) { try ModelFile(opening: path, access: access) }
    #expect(error?.code == "MAGIC")
    #expect(error?.offset == 0)
  }

  @Test func limitsOfTheCallerHold() throws {
    var limits = ParseLimits()
    limits.tensorCount = 1
    let path = try Fixture([("a", [1], .f32), ("b", [1], .f32)]).write(to: "a.gguf", in: folder)
    let error = #expect(throws: ModelError.self) { try ModelFile(opening: path, limits: limits) }
    #expect(error?.code == "LIMIT")
    #expect(error?.offset == 8)
  }

  @Test func fileStaysOpenAsLongAsATensorIsUsed() throws {
    let fixture = try Fixture([("a", [4], .f32)])
    let path = try fixture.write(to: "a.gguf", in: folder)
    weak var model: ModelFile?
    weak var shard: ModelShard?
    do {
      let tensor: ModelTensor
      do {
        let opened = try ModelFile(opening: path)
        (model, shard) = (opened, opened.shards[0])
        tensor = try #require(opened.tensor("a"))
      }
      #expect(model == nil)
      #expect(try tensor.values().bits == fixture.values(of: 0).bits)
      #if os(Linux)
        #expect(try MemoryMap.holds(path))
      #endif
      withExtendedLifetime(tensor) {}
    }
    #expect(shard == nil)
    #if os(Linux)
      #expect(try !MemoryMap.holds(path))
    #endif
  }

  @Test func positionalAccessMapsNothing() throws {
    #if os(Linux)
      let path = try Fixture([("a", [4], .f32)]).write(to: "a.gguf", in: folder)
      let model = try ModelFile(opening: path, access: .positional)
      #expect(try !MemoryMap.holds(path))
      withExtendedLifetime(model) {}
    #endif
  }

  @Test func replacedFileKeepsServingTheOldBytes() throws {
    let fixture = try Fixture([("a", [4], .f32)])
    let path = try fixture.write(to: "a.gguf", in: folder)
    for access in ModelFile.Access.allCases {
      let model = try ModelFile(opening: path, access: access)
      try Fixture([("b", [1], .f32)], seed: 2).write(to: "a.gguf", in: folder)
      #expect(try model.tensor("a")?.values().bits == fixture.values(of: 0).bits)
      try fixture.write(to: "a.gguf", in: folder)
    }
  }
}
