import IngotCheckpoints
import IngotContainer
import IngotEncodings
import IngotModel
import IngotTestSupport
import SystemPackage
import Testing

@testable import IngotConversion

/// Folders become what the reference converter makes of them, but for what `spec/metadata.md`, clause M18, lists.
@Suite struct GoldenModelTests {
  @Test(arguments: GoldenModel.all)
  func tensorsAndMetadataAreThoseOfTheReference(_ golden: GoldenModel) async throws {
    let folder = try TemporaryFolder()
    let output = folder.path("model.gguf")
    try await golden.convert(to: output)
    let expected = try golden.expected()
    let model = try ModelFile(opening: output)
    try compareTensors(model, expected)
    try compareMetadata(model, expected)
  }

  /// Names, shapes, types and bytes.
  private func compareTensors(_ model: ModelFile, _ expected: JSONTree) throws {
    let tensors = try #require(expected["tensors"]?.elements)
    #expect(model.tensors.map(\.name).sorted() == tensors.compactMap { $0["name"]?.string }.sorted())
    var contents: [[UInt8]] = []
    for tensor in tensors {
      let name = try #require(tensor["name"]?.string)
      let found = try #require(model.tensor(name), "\(name) is missing")
      #expect(found.dimensions == tensor["shape"]?.elements?.compactMap(\.integer), "\(name)")
      #expect(found.encoding.name.lowercased() == tensor["type"]?.string?.lowercased(), "\(name)")
      contents.append(
        try found.withBlocks(rows: 0..<found.rowCount) { blocks in blocks.withUnsafeBytes { Array($0) } })
    }
    let digests = try SHA256.hexadecimal(contents)
    for (tensor, digest) in zip(tensors, digests) {
      #expect(tensor["sha256"]?.string == digest, "the bytes of \(tensor["name"]?.string ?? "")")
    }
  }

  /// Keys, types and values; arrays by their digests.
  private func compareMetadata(_ model: ModelFile, _ expected: JSONTree) throws {
    let entries = try #require(expected["metadata"]?.elements)
    #expect(model.metadata.keys.sorted() == entries.compactMap { $0["key"]?.string }.sorted())
    var arrays: [(key: String, digest: String, text: [UInt8])] = []
    for entry in entries {
      let key = try #require(entry["key"]?.string)
      guard let value = model.metadata[key] else { continue }
      #expect(value.type.name == entry["type"]?.string, "\(key)")
      guard case .array(let array) = value else {
        #expect(Self.text(value) == Self.text(entry["value"]), "\(key)")
        continue
      }
      #expect(array.elementType.name == entry["element"]?.string, "\(key)")
      #expect(array.count == entry["count"]?.integer, "\(key)")
      let lines = array.map { Self.text($0) + "\n" }.joined()
      arrays.append((key, entry["sha256_of_lines"]?.string ?? "", Array(lines.utf8)))
    }
    for (array, digest) in zip(arrays, try SHA256.hexadecimal(arrays.map(\.text))) {
      #expect(array.digest == digest, "the elements of \(array.key)")
    }
  }

  /// A value as Python prints it.
  private static func text(_ value: MetadataValue) -> String {
    switch value {
    case .string(let text): text
    case .bool(let flag): flag ? "True" : "False"
    case .float32(let number): "\(Double(number))"
    case .float64(let number): "\(number)"
    default: value.integer.map(String.init) ?? ""
    }
  }

  private static func text(_ value: JSONTree?) -> String {
    switch value {
    case .string(let text): text
    case .boolean(let flag): flag ? "True" : "False"
    case .number(let text): text.contains { ".eE".contains($0) } ? "\(Double(text) ?? .nan)" : text
    default: ""
    }
  }
}
