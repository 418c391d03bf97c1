import Testing

@testable import IngotContainer

/// Clause C6 and the typed getters.
@Suite struct MetadataTests {
  @Test func orderIsThatOfInsertion() {
    var metadata: Metadata = ["b": true, "a": "x"]
    metadata["c"] = .uint32(1)
    metadata["b"] = false
    #expect(metadata.keys == ["b", "a", "c"])
    metadata["a"] = nil
    #expect(metadata.map(\.key) == ["b", "c"])
    #expect(metadata[0].value == false)
  }

  @Test func keysCompareByteByByte() {
    // In Swift these are equal strings.
    let kelvin = "\u{212A}"
    #expect(kelvin == "K")
    let metadata: Metadata = ["K": true]
    #expect(metadata[kelvin] == nil)
    #expect(MetadataValue.string(kelvin) != .string("K"))
    #expect(ExactName(kelvin) != ExactName("K"))
  }

  @Test func absentKeyIsNil() throws {
    let metadata = Metadata()
    #expect(try metadata.string("a") == nil)
    #expect(try metadata.integer("a") == nil)
    #expect(try metadata.strings("a") == nil)
  }

  @Test func valueOfAnotherTypeIsASchemaErrorAtTheValue() throws {
    let file = HostileFile(keys: 1)
      .entry("tokenizer.ggml.scores", .array(MetadataArray([1, 2] as [UInt8])))
    let metadata = try file.header().metadata
    let error = #expect(throws: ContainerError.self) {
      try metadata.values("tokenizer.ggml.scores", of: Float.self)
    }
    #expect(error?.code == .schema)
    #expect(error?.offset == 24 + 8 + 21 + 4)
    #expect(
      error.map { "\($0)" }
        == #"SCHEMA at byte 57 in key "tokenizer.ggml.scores": found ARRAY of UINT8, expected ARRAY of FLOAT32"#
    )
  }

  @Test func gettersTakeTheTypesThatTheyName() throws {
    let metadata: Metadata = [
      "text": "x", "flag": true, "small": .uint8(3), "large": .uint64(.max), "half": .float32(0.5),
      "words": .array(MetadataArray(["x"])), "ids": .array(MetadataArray([-1] as [Int16])),
    ]
    #expect(try metadata.string("text") == "x")
    #expect(try metadata.bool("flag") == true)
    #expect(try metadata.integer("small") == 3)
    #expect(try metadata.float("half") == 0.5)
    #expect(try metadata.strings("words").map(Array.init) == ["x"])
    #expect(try metadata.integers("ids") == [-1])
    #expect(try metadata.array("ids")?.elementType == .int16)
    #expect(throws: ContainerError.self) { try metadata.integer("large") }
    #expect(throws: ContainerError.self) { try metadata.integer("flag") }
    #expect(throws: ContainerError.self) { try metadata.bool("small") }
    #expect(throws: ContainerError.self) { try metadata.string("words") }
    #expect(throws: ContainerError.self) { try metadata.integers("words") }
  }

  @Test func descriptionEscapesNamesFromTheFile() {
    let error = ContainerError(.valueType, at: 9, .key("a\u{1B}[2J\n"), found: "b", expected: "c")
    #expect("\(error)" == #"TYPE at byte 9 in key "a\u{1B}[2J\n": found b, expected c"#)
    let long = ContainerError(
      .name, .tensor(String(repeating: "x", count: 60_000)), found: "b", expected: "c")
    #expect("\(long)".utf8.count < 200)
  }
}
