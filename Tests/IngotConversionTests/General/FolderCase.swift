import IngotCheckpoints
import IngotContainer
import IngotTestSupport
import Testing

@testable import IngotConversion

/// A model folder that the reference was asked about.
struct FolderCase {
  let name: String
  let folder: String
  let parameters: ParameterCount
  let files: [String: String]
  /// The entries of the metadata as lines, or `nil` where the reference fails.
  let answer: [String]?

  init(_ tree: JSONTree) throws {
    name = try #require(tree["case"]?.string)
    folder = try #require(tree["folder"]?.string)
    let numbers = try #require(tree["parameters"]?.elements).compactMap(\.integer)
    parameters = ParameterCount(
      total: numbers[0], shared: numbers[1], expert: numbers[2], experts: numbers[3])
    var files: [String: String] = [:]
    for file in ["README.md", "config.json", "generation_config.json"] { files[file] = tree[file]?.string }
    self.files = files
    answer = try tree["metadata"]?.elements?.map(Self.line)
  }

  /// Makes the folder and what Ingot says of it.
  func metadata() throws -> GeneralMetadata {
    let parent = try TemporaryFolder()
    try parent.makeFolder(folder)
    for (file, text) in files { try parent.write(text.utf8, to: "\(folder)/\(file)") }
    let folder = try ModelFolder(parent.path(folder))
    let configuration = try #require(try folder.json("config.json"))
    return GeneralMetadata.make(folder: folder, configuration: configuration, parameters: parameters)
  }

  private static func line(_ entry: JSONTree) throws -> String {
    let parts = try #require(entry.elements)
    let values = try #require(parts[2].elements).map { value in
      if case .number(let text) = value { text } else { value.string ?? "?" }
    }
    return "\(parts[0].string ?? "?") \(parts[1].string ?? "?") \(values)"
  }
}

extension Metadata {
  /// Each entry with key, type and value.
  var lines: [String] {
    map { key, value in
      switch value {
      case .string(let text): "\(key) STRING \([text])"
      case .array(let array): "\(key) ARRAY of STRING \(array.strings.map(Array.init) ?? [])"
      case .float32(let number): "\(key) FLOAT32 \([number.description])"
      default: "\(key) \(value.type.name) \([value.integer?.description ?? "?"])"
      }
    }
  }
}
