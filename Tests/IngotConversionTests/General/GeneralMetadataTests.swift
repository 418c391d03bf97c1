import IngotCheckpoints
import IngotContainer
import IngotFiles
import IngotTestSupport
import Testing

@testable import IngotConversion

// `spec/metadata.md`, clauses M11 and M13 to M17.
@Suite struct GeneralMetadataTests {
  @Test(arguments: try Folder.names(in: TestData.path("huggingface")).map(\.string))
  func modelFoldersHaveTheGeneralKeysOfTheReference(name: String) throws {
    let folder = try ModelFolder(TestData.path("huggingface/\(name)"))
    let configuration = try #require(try folder.json("config.json"))
    let expected = try #require(try folder.json("expected.json"))
    for output in ["auto", "f32", "q8_0"] {
      let tensors = try #require(expected[output]?["tensors"]?.elements).map { tensor in
        let dimensions = (tensor["shape"]?.elements ?? []).compactMap(\.integer)
        return (name: tensor["name"]?.string ?? "", elements: dimensions.reduce(1, *), dimensions: dimensions)
      }
      let left = ["general.architecture", "general.file_type", "general.quantization_version"]
      let entries = try #require(expected[output]?["metadata"]?.elements).compactMap { entry -> String? in
        guard let key = entry["key"]?.string, key.hasPrefix("general."), !left.contains(key) else {
          return nil
        }
        return "\(key) \(entry["type"]?.string ?? "") \([entry["value"]?.string ?? ""])"
      }
      let general = GeneralMetadata.make(
        folder: folder, configuration: configuration, parameters: ParameterCount(of: tensors))
      #expect(general.metadata.lines == entries)
      #expect(general.warnings.isEmpty)
    }
  }

  @Test func foldersHaveTheKeysOfTheReference() throws {
    var differing: Set<String> = []
    for row in try ReferenceAnswers.rows("folders.json") {
      let folderCase = try FolderCase(row)
      let general = try folderCase.metadata()
      if let difference = Self.differences[folderCase.name] {
        differing.insert(folderCase.name)
        let expected = difference.metadata.lines
        #expect(general.metadata.lines == expected, "\(folderCase.name)")
        #expect(general.warnings.count == difference.warnings, "\(folderCase.name): \(general.warnings)")
        #expect(folderCase.answer != expected, "\(folderCase.name) is no difference")
      } else {
        #expect(general.metadata.lines == folderCase.answer, "\(folderCase.name)")
      }
      for key in general.metadata.keys { #expect(key.hasPrefix("general.")) }
    }
    #expect(differing == Set(Self.differences.keys))
  }

  @Test func ofLongListsTheFirstThousandAreWritten() throws {
    let folder = try TemporaryFolder()
    let list = (0..<1001).map { "- a/b\($0)\n" }.joined()
    try folder.write("---\ndatasets:\n\(list)---\n".utf8, to: "README.md")
    let general = GeneralMetadata.make(
      folder: try ModelFolder(folder.path), configuration: .object([:]),
      parameters: ParameterCount(total: 1, shared: 1))
    #expect(general.metadata["general.dataset.count"] == .uint32(1000))
    #expect(general.metadata["general.dataset.999.name"] == "B999")
    #expect(general.metadata["general.dataset.1000.name"] == nil)
    #expect(general.warnings.count == 1)
  }

  @Test func everyKeyIsOneOfTheKnownKeysWithItsType() throws {
    let table = try Specification.table(of: "architectures.md", withHeader: "key")
    let known = Dictionary(table.map { ($0[0].filter { $0 != "`" }, $0[1]) }) { first, _ in first }
    for row in try ReferenceAnswers.rows("folders.json") {
      for (key, value) in try FolderCase(row).metadata().metadata {
        let name = key.split(separator: ".").map { $0.allSatisfy(\.isNumber) ? "{id}" : $0 }.joined(
          separator: ".")
        let type =
          if case .array(let array) = value { "ARRAY of \(array.elementType.name)" } else { value.type.name }
        #expect(known[name] == type, "\(key)")
      }
    }
  }

  /// What is said in place of the reference's answer, and the number of warnings.
  private struct Difference {
    let metadata: Metadata
    let warnings: Int
  }

  private static func difference(
    name: String = "Model", _ details: KeyValuePairs<String, MetadataValue> = [:], size: String = "7.0B",
    _ rest: KeyValuePairs<String, MetadataValue> = [:], warnings: Int = 0
  ) -> Difference {
    var metadata: Metadata = ["general.type": "model", "general.name": .string(name)]
    for (key, value) in details { metadata["general.\(key)"] = value }
    metadata["general.size_label"] = .string(size)
    for (key, value) in rest { metadata["general.\(key)"] = value }
    return Difference(metadata: metadata, warnings: warnings)
  }

  private static func sampling(_ values: KeyValuePairs<String, MetadataValue>, warnings: Int = 0)
    -> Difference
  {
    var metadata: Metadata = ["general.type": "model"]
    for (key, value) in values { metadata["general.sampling.\(key)"] = value }
    metadata["general.name"] = "Model"
    metadata["general.size_label"] = "7.0B"
    return Difference(metadata: metadata, warnings: warnings)
  }

  private static func words(_ words: [String]) -> MetadataValue { .array(MetadataArray(words)) }

  /// The differences that `spec/metadata.md`, clause M17, lists.
  private static let differences: [String: Difference] = [
    // Scalars are texts as they are written; the reference fails, or drops what is zero or false.
    "a number as the version": difference(["version": "1.0"]),
    "a whole number as the version": difference(["version": "2"]),
    "zero as the version": difference(["version": "0"]),
    "a date as the version": difference(["version": "2024-01-31"]),
    "a truth value as the name": difference(name: "yes"),
    "false as the license": difference([:], ["license": "no"]),
    "numbers as tags": difference([:], ["tags": words(["1", "2"])]),
    "a number among tags": difference([:], ["tags": words(["a", "2"])]),
    "Norwegian alone": difference([:], ["languages": words(["no"])]),
    "Norwegian in a flow list": difference([:], ["languages": words(["en", "no"])]),
    // What is no text is left out with a warning; the reference fails.
    "null among tags": difference([:], ["tags": words(["a"])], warnings: 1),
    "a mapping among tags": difference(size: "0.01K", ["tags": words(["one", "two", "3"])], warnings: 1),
    "a list as the name": difference(warnings: 1),
    "a mapping as the author": difference(warnings: 1),
    // An empty text is no name.
    "an empty text as the name": difference(),
    "an empty name in the configuration": difference(name: "X 7B", ["basename": "x"], size: "7B"),
    // Front matter that YAML refuses is ignored with a warning.
    "broken": difference(warnings: 1),
    "a key twice": difference(warnings: 1),
    // Tags are not looked at, and merge keys not followed.
    "an unknown tag": difference(name: "x", ["author": "b"]),
    "a merge key": difference(name: "x"),
    // Sampling values of another type are left out with a warning.
    "a float for top_k": sampling(["top_k": .int32(50), "top_p": .float32(0.5)]),
    "a fraction for top_k": sampling(["top_p": .float32(0.5)], warnings: 1),
    "a text for the temperature": sampling(["top_p": .float32(0.5)], warnings: 1),
    "too large a top_k": sampling(["top_p": .float32(0.5)], warnings: 1),
    "too large a temperature": sampling(["top_p": .float32(0.5)], warnings: 1),
    "a list as sampling": sampling([:], warnings: 1),
    "a truth value for top_k": sampling([:], warnings: 1),
  ]
}
