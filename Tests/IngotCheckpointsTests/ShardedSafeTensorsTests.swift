import IngotContainer
import IngotFiles
import IngotTestSupport
import SystemPackage
import Testing

@testable import IngotCheckpoints

@Suite struct ShardedSafeTensorsTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private static let names = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"]

  /// Writes a shard whose tensors have one byte each.
  private func write(_ name: String, tensors: [String], metadata: String = "") throws {
    let entries = tensors.enumerated().map { SafeTensorsBuilder.entry($1, [1], $0..<$0 + 1) }
    let header = "{" + ((metadata.isEmpty ? [] : [metadata]) + entries).joined(separator: ",") + "}"
    try folder.write(SafeTensorsBuilder.file(header, data: tensors.count), to: name)
  }

  /// Writes an index and opens what it names.
  private func open(index: String) throws -> SafeTensorsCheckpoint {
    try SafeTensorsCheckpoint(
      openingIndex: folder.write(Array(index.utf8), to: "model.safetensors.index.json"))
  }

  private func index(_ map: [(String, String)]) -> String {
    #"{"metadata":{"total_size":1e3},"weight_map":{"#
      + map.map { "\"\($0)\":\"\($1)\"" }.joined(separator: ",") + "}}\n"
  }

  private var map: [(String, String)] { [("c", Self.names[1]), ("a", Self.names[0]), ("b", Self.names[0])] }

  private func writeBoth() throws {
    try write(Self.names[0], tensors: ["b", "a"], metadata: #""__metadata__":{"format":"pt","first":"1"}"#)
    try write(Self.names[1], tensors: ["c"], metadata: #""__metadata__":{"format":"np","second":"2"}"#)
  }

  @Test func shardsAreOneCheckpointInTheOrderOfTheirNames() throws {
    try writeBoth()
    let checkpoint = try open(index: index(map))
    #expect(checkpoint.tensors.map(\.name) == ["b", "a", "c"])
    #expect(checkpoint.tensors.map(\.location.file) == [0, 0, 1])
    #expect(checkpoint.sourceFiles.map { $0.path.lastComponent?.string } == Self.names)
    #expect(try checkpoint.tensors.map { try checkpoint.bytes(of: $0) } == [[0], [1], [0]])
    #expect(checkpoint.metadata == ["format": .string("pt"), "first": .string("1"), "second": .string("2")])
    #expect(checkpoint.tensor(named: "c")?.location.file == 1)
    #expect(checkpoint.name == folder.path.lastComponent?.string)
  }

  @Test func symbolicLinksToBlobsAreFollowed() throws {
    try writeBoth()
    try folder.makeFolder("snapshot")
    for name in Self.names { try folder.makeLink("snapshot/\(name)", to: FilePath("../\(name)")) }
    try folder.write(Array(index(map).utf8), to: "blob")
    let link = try folder.makeLink("snapshot/model.safetensors.index.json", to: "../blob")
    #expect(try Checkpoints.open(link.removingLastComponent()).tensors.count == 3)
  }

  @Test(arguments: ["../x", "/etc/passwd", "", ".", "..", "a\\\\b", "a/b", "./a", "a\\u0000b", "a\\u002fb"])
  func aShardNameThatIsNoPlainNameIsRefused(name: String) throws {
    try writeBoth()
    let text = index([("a", Self.names[0]), ("b", name)])
    let error = #expect(throws: CheckpointError.self) { try open(index: text) }
    #expect(error?.code == .path)
    #expect(error?.subject == .tensor("b"))
    #expect(error?.offset == UInt64(text.utf8.count - 4 - name.utf8.count - 1))
  }

  @Test func aMissingShardIsNamed() throws {
    try writeBoth()
    let text = index(map + [("d", "other.safetensors")])
    let error = #expect(throws: CheckpointError.self) { try open(index: text) }
    #expect(error?.code == .shard)
    #expect(error?.subject == .shard("other.safetensors"))
    #expect(error?.offset == offset(of: "\"other.safetensors\"", in: text))
  }

  @Test func aTensorThatIsInNoShardIsNamed() throws {
    try writeBoth()
    let text = index(map + [("d", Self.names[0])])
    let error = #expect(throws: CheckpointError.self) { try open(index: text) }
    #expect(error?.code == .shard)
    #expect(error?.subject == .tensor("d"))
    #expect(error?.offset == offset(of: "\"d\"", in: text))
  }

  @Test func aTensorInAnotherShardThanTheIndexSaysIsNamed() throws {
    try writeBoth()
    let text = index([("a", Self.names[0]), ("b", Self.names[1]), ("c", Self.names[1])])
    let error = #expect(throws: CheckpointError.self) { try open(index: text) }
    #expect(error?.code == .shard)
    #expect(error?.subject == .tensor("b"))
    #expect(error?.offset == offset(of: "\"b\"", in: text))
    #expect("\(String(describing: error))".contains(Self.names[0]))
  }

  @Test func aTensorThatTheIndexDoesNotNameIsRefused() throws {
    try writeBoth()
    let error = #expect(throws: CheckpointError.self) { try open(index: index(Array(map.dropLast()))) }
    #expect(error?.code == .shard)
    #expect(error?.subject == .tensor("b"))
    #expect(error?.path.lastComponent?.string == Self.names[0])
    #expect(error?.offset == (try RegularFile(opening: folder.path(Self.names[0])).byteCount) - 2)
  }

  @Test func aTensorInTwoShardsIsRefused() throws {
    try writeBoth()
    try write(Self.names[1], tensors: ["c", "a"])
    let error = #expect(throws: CheckpointError.self) { try open(index: index(map)) }
    #expect(error?.code == .duplicate)
    #expect(error?.subject == .tensor("a"))
    #expect(error?.path.lastComponent?.string == Self.names[1])
    #expect(error?.offset == (try RegularFile(opening: folder.path(Self.names[1])).byteCount) - 1)
  }

  @Test func aShardOfTheSetThatTheIndexForgetsIsRefused() throws {
    try writeBoth()
    let error = #expect(throws: CheckpointError.self) { try open(index: index(Array(map.dropFirst()))) }
    #expect(error?.code == .shard)
    #expect(error?.subject == .shard(Self.names[1]))
    // Another set, or a file that is none, is no concern of the index.
    try write("model-00001-of-00003.safetensors", tensors: ["x"])
    try write("consolidated.safetensors", tensors: ["x"])
    #expect(try open(index: index(map)).tensors.count == 3)
  }

  @Test func aBrokenShardIsRefusedWithItsPath() throws {
    try writeBoth()
    try folder.truncate(Self.names[1], to: 20)
    let error = #expect(throws: CheckpointError.self) { try open(index: index(map)) }
    #expect(error?.code == .truncated)
    #expect(error?.path.lastComponent?.string == Self.names[1])
  }

  @Test(
    arguments: [
      (.json, .file, "▲{}"), (.json, .file, "▲[]"), (.json, .file, "{\"weight_map\":{}▲"),
      (.json, .key("weight_map"), "{\"weight_map\":▲[]}"),
      (.json, .tensor("a"), "{\"weight_map\":{\"a\":▲1}}"),
      (.json, .file, "{\"weight_map\":{}} ▲x"),
      (.duplicate, .key("weight_map"), "{\"weight_map\":{},▲\"weight_map\":{}}"),
      (.duplicate, .tensor("a"), "{\"weight_map\":{\"a\":\"x\",▲\"\\u0061\":\"x\"}}"),
      (.nesting, .file, "{\"x\":[[[[[[[▲[]]]]]]]]}"),
    ] as [(CheckpointError.Code, CheckpointError.Subject, String)])
  func aBrokenIndexIsRefusedAtItsFault(
    code: CheckpointError.Code, subject: CheckpointError.Subject, text: String
  ) {
    let refusal = Refusal(code, text, subject)
    let error = #expect(throws: CheckpointError.self) { try open(index: refusal.header) }
    #expect(error?.code == code)
    #expect(error?.subject == subject)
    #expect(error?.offset == refusal.offset)
  }

  private func offset(of part: String, in text: String) -> UInt64? {
    Refusal(
      .json,
      text.split(separator: part, maxSplits: 1, omittingEmptySubsequences: false).joined(separator: "▲")
    )
    .offset
  }
}
