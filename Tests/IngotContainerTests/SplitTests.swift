import Testing

@testable import IngotContainer

/// Clause C23: split sets.
@Suite struct SplitTests {
  @Test func nameAndPartsDetermineEachOther() {
    let name = SplitName("dir/my-model-00002-of-00003.gguf")
    #expect(name == SplitName(prefix: "dir/my-model", index: 1, count: 3))
    #expect(name?.fileName == "dir/my-model-00002-of-00003.gguf")
    #expect(
      name?.siblings.map(\.fileName) == [
        "dir/my-model-00001-of-00003.gguf", "dir/my-model-00002-of-00003.gguf",
        "dir/my-model-00003-of-00003.gguf",
      ])
    #expect(SplitName("m-100000-of-123456.gguf")?.index == 99_999)
  }

  @Test(arguments: [
    "model.gguf", "-00001-of-00003.gguf", "m-00000-of-00003.gguf", "m-00004-of-00003.gguf", "m-1-of-3.gguf",
    "m-000001-of-00003.gguf", "m-00001-of-00003.GGUF", "m-00001-of-00003", "m-+0001-of-00003.gguf",
    "m-00001-OF-00003.gguf", "m-00001-of--0003.gguf", "m-99999999999999999999-of-99999999999999999999.gguf",
    "",
  ])
  func otherNamesAreNotOfASet(name: String) { #expect(SplitName(name) == nil) }

  @Test func positionIsReadFromTheMetadata() throws {
    #expect(try SplitPosition([:]) == nil)
    let metadata: Metadata = [
      "split.no": .uint16(1), "split.count": .uint16(3), "split.tensors.count": .int32(9),
    ]
    #expect(try SplitPosition(metadata) == SplitPosition(index: 1, count: 3, tensorCount: 9))
    var changed = metadata
    SplitPosition(index: 2, count: 3, tensorCount: 9).store(in: &changed)
    #expect(changed["split.no"] == .uint16(2))
    #expect(changed["split.tensors.count"] == .int32(9))
  }

  @Test(
    arguments: [
      ["split.count": "3"], ["split.no": .uint16(3), "split.count": .uint16(3)],
      ["split.no": .int32(-1), "split.count": .int32(3)], ["split.count": .int32(-3)],
      ["split.count": .uint16(3), "split.no": .uint16(0), "split.tensors.count": .int32(-1)],
    ] as [Metadata])
  func placeOutsideTheSetIsASchemaError(metadata: Metadata) {
    let error = #expect(throws: ContainerError.self) { try SplitPosition(metadata) }
    #expect(error?.code == .schema)
  }
}
