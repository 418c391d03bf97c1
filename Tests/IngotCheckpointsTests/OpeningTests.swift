import IngotContainer
import IngotEncodings
import IngotFiles
import IngotModel
import IngotTestSupport
import SystemPackage
import Testing

@testable import IngotCheckpoints

@Suite struct OpeningTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// A GGUF file of two tensors; in a split set of `count`, the one at `index`.
  private func gguf(_ names: [String] = ["x", "y"], index: Int = 0, count: Int = 1) throws -> [UInt8] {
    var metadata: Metadata = ["general.architecture": .string("generic")]
    if count > 1 {
      metadata[SplitPosition.indexKey] = .uint16(UInt16(index))
      metadata[SplitPosition.countKey] = .uint16(UInt16(count))
      metadata[SplitPosition.tensorCountKey] = .int32(Int32(2 * count))
    }
    let header = try ContainerHeader(
      metadata: metadata,
      tensors: [(names[0], [3, 2], .f16), (names[1], [32], .q8_0)])
    return header.encoded() + (0..<12).map { UInt8($0) } + [UInt8](repeating: 0, count: 20)
      + (0..<34).map { UInt8(100 + $0) } + [UInt8](repeating: 0, count: 30)
  }

  private func refusal(_ path: FilePath) -> CheckpointError? {
    #expect(throws: CheckpointError.self) { try Checkpoints.open(path) }
  }

  // MARK: The kind of a file

  @Test func theKindOfAFileIsFoundFromItsBytes() throws {
    let index = #"{"weight_map":{"b":"x.bin","aé":"x.bin","e":"x.bin"}}"#
    try folder.write(SafeTensorsBuilder.small, to: "x.bin")
    let paths = [
      try folder.write(SafeTensorsBuilder.small, to: "a.gguf"), try folder.write(gguf(), to: "a.safetensors"),
      try folder.write(Array(index.utf8), to: "index.gguf"),
      try folder.write(Array("\n \(index)".utf8), to: "b.gguf"),
    ]
    #expect(
      try paths.map { try Checkpoints.open($0).format } == [.safetensors, .gguf, .safetensors, .safetensors])
    #expect(try paths.map { try Checkpoints.open($0).tensors.count } == [3, 2, 3, 3])
  }

  @Test func aHeaderLengthThatLooksLikeTextIsALength() throws {
    // 0x227B, whose bytes are those of `{"`.
    let entry = SafeTensorsBuilder.entry("a", [1], 0..<1)
    let bytes = SafeTensorsBuilder.file("{\(entry)}", data: 1, padding: 0x227B - entry.utf8.count - 2)
    #expect(Array(bytes.prefix(2)) == Array("{\"".utf8))
    #expect(try Checkpoints.open(folder.write(bytes, to: "a")).tensors.count == 1)
  }

  @Test(
    arguments: [
      ([], "an empty file"), ([0x50, 0x4B, 1, 2], "50 4b"), ([0x80, 0x01, 0x8A], "80 01"),
      (Array("version https://git-lfs".utf8), "Git LFS"), (Array("<!DOCTYPE html>".utf8), "web page"),
      ([0], "00"), ([2, 0, 0, 0, 0, 0, 0, 0], "02 00"), (Array("hello".utf8), "68 65"),
      (Array("GGX".utf8), "47 47 58"),
    ] as [([UInt8], String)])
  func aFileOfNoKnownKindIsRefusedWithWhatIsSupported(bytes: [UInt8], found: String) throws {
    let error = refusal(try folder.write(bytes, to: "model.safetensors"))
    #expect(error?.code == .magic)
    #expect(error?.offset == 0)
    #expect(error?.found.contains(found) == true)
    #expect(error?.expected == "safetensors, PyTorch, NumPy, ONNX or GGUF")
  }

  @Test func aJSONFileThatIsNoIndexLeadsToItsFolder() throws {
    let error = refusal(try folder.write(Array(#"{"model_type":"llama"}"#.utf8), to: "config.json"))
    #expect(error?.code == .json)
    #expect(error?.offset == 0)
    #expect(error?.found == "a JSON object without weight_map")
    #expect(error?.expected == "an index of shards; of a model, name the folder that it is in")
  }

  @Test func whatIsNoFileIsRefusedAtOnce() throws {
    for path in [try folder.makePipe("pipe"), "/dev/zero", try folder.makeLink("link", to: "/dev/null")] {
      let error = #expect(throws: FileError.self) { try Checkpoints.open(path) }
      #expect(error?.code == .notRegular)
    }
    let error = #expect(throws: FileError.self) { try Checkpoints.open(folder.path("none")) }
    #expect(error?.code == .notFound)
  }

  // MARK: Folders

  @Test func aFolderIsSearchedInAFixedOrder() throws {
    let names = { try Checkpoints.open(folder.path).tensors.map(\.name) }
    try folder.write(gguf(), to: "a.gguf")
    #expect(try names() == ["x", "y"])
    try folder.write(
      SafeTensorsBuilder.file("{\(SafeTensorsBuilder.entry("only", [1], 0..<1))}", data: 1),
      to: "a.safetensors")
    #expect(try names() == ["only"])
    try folder.write(
      Array(#"{"weight_map":{"only":"a.safetensors"}}"#.utf8), to: "model.safetensors.index.json")
    #expect(try Checkpoints.open(folder.path).name == folder.path.lastComponent?.string)
    try folder.write(SafeTensorsBuilder.small, to: "model.safetensors")
    #expect(try names() == ["a\u{E9}", "e", "b"])
    try folder.write(SafeTensorsBuilder.small, to: "b.safetensors")
    #expect(try names().count == 3)
  }

  @Test func aSingleFileOfPyTorchOrNumPyIsTheCheckpoint() throws {
    let written = TestData.path("checkpoints/hostile")
    try folder.write([], to: "training_args.bin")
    #expect(refusal(folder.path)?.code == .noCheckpoint)
    try folder.write(TestData.bytes(at: written.appending("npz-good.npz")), to: "weights.bin")
    #expect(try Checkpoints.open(folder.path).tensors.map(\.name) == ["w", "dir/b"])
    // An array is more likely to be one.
    try folder.write(TestData.bytes(at: written.appending("npy-good.npy")), to: "values.npy")
    #expect(try Checkpoints.open(folder.path).tensors.map(\.name) == ["values"])
  }

  @Test func aFolderWithoutACheckpointListsWhatItHolds() throws {
    let empty = refusal(folder.path)
    #expect(empty?.code == .noCheckpoint)
    #expect(empty?.found == "an empty folder")
    for index in 0..<12 { try folder.write([], to: "file\(index).txt") }
    try folder.write(gguf(), to: ".hidden.gguf")
    let error = refusal(folder.path)
    #expect(error?.code == .noCheckpoint)
    #expect(error?.found.contains("\"file0.txt\"") == true)
    #expect(error?.found.contains("and 3 more") == true)
    #expect(error?.expected.contains("model.safetensors.index.json") == true)
    #expect(error?.expected.contains("GGUF") == true)
  }

  @Test func aFolderWithSeveralCheckpointsListsThem() throws {
    try folder.write(gguf(), to: "a.gguf")
    try folder.write(gguf(), to: "b.gguf")
    let error = refusal(folder.path)
    #expect(error?.code == .ambiguous)
    #expect(error?.found == "\"a.gguf\", \"b.gguf\"")
    try folder.write(SafeTensorsBuilder.small, to: "m-00001-of-00002.safetensors")
    try folder.write(SafeTensorsBuilder.small, to: "m-00002-of-00002.safetensors")
    #expect(refusal(folder.path)?.found.contains("m-00001-of-00002.safetensors") == true)
  }

  // MARK: GGUF

  @Test func aGGUFFileKeepsItsMetadataAndTurnsItsShapesRound() throws {
    let checkpoint = try Checkpoints.open(folder.write(gguf(), to: "some.gguf"))
    #expect(checkpoint.name == "some")
    #expect(checkpoint.metadata == ["general.architecture": .string("generic")])
    #expect(checkpoint.tensors.map(\.shape) == [[2, 3], [32]])
    #expect(checkpoint.tensors.map(\.type) == [.float16, .blocks(.q8_0)])
    #expect(checkpoint.tensors.map(\.elementCount) == [6, 32])
    #expect(try checkpoint.tensors.map { try checkpoint.bytes(of: $0) } == [Array(0..<12), Array(100..<134)])
    #expect(checkpoint.sourceFiles.map(\.path) == [folder.path("some.gguf")])
    #expect(checkpoint.tensor(named: "y")?.byteCount == 34)
  }

  @Test func aSplitSetIsOneCheckpoint() throws {
    try folder.write(gguf(["a", "b"], index: 0, count: 2), to: "m-00001-of-00002.gguf")
    try folder.write(gguf(["c", "d"], index: 1, count: 2), to: "m-00002-of-00002.gguf")
    for path in [folder.path, folder.path("m-00002-of-00002.gguf")] {
      let checkpoint = try Checkpoints.open(path)
      #expect(checkpoint.name == "m")
      #expect(checkpoint.tensors.map(\.name) == ["a", "b", "c", "d"])
      #expect(checkpoint.tensors.map(\.location.file) == [0, 0, 1, 1])
      #expect(try checkpoint.tensors.map { try checkpoint.bytes(of: $0).first } == [0, 100, 0, 100])
      #expect(checkpoint.metadata.keys == ["general.architecture"])
      #expect(checkpoint.sourceFiles.count == 2)
    }
  }

  @Test func aBrokenGGUFFileIsRefusedByItsReader() throws {
    let path = try folder.write(Array("GGUF".utf8) + [9, 0, 0, 0], to: "a.gguf")
    let error = #expect(throws: ModelError.self) { try Checkpoints.open(path) }
    #expect(error?.code == "VERSION")
    #expect(error?.offset == 4)
  }
}
