import Dispatch
import IngotContainer
import IngotFiles
import IngotModel
import IngotSeal
import IngotTestSupport
import SystemPackage
import Testing

/// What opening a model, and reading one element of its vocabulary, takes of the file.
struct LazyArrayTests {
  private let fixture: SealingFixture
  private let key: SigningKey
  private var folder: TemporaryFolder { fixture.folder }
  private var path: FilePath { folder.path("m.gguf") }
  private let tokens = "tokenizer.ggml.tokens"
  private let chunk = 64 << 10

  init() async throws {
    // Several chunks of words.
    fixture = try SealingFixture(words: 20_000)
    key = try SigningKey(seed: [UInt8](repeating: 1, count: 32))
    _ = try await ModelSealer(digest: .sha256, chunkByteCount: chunk, key: key).seal(
      fixture.folder.path("m.gguf"))
  }

  private func open(
    _ calls: FaultyCalls, _ access: ModelFile.Access, _ verification: ModelFile.Verification = .never,
    isTrusted: Bool = true
  ) throws -> (model: ModelFile, array: MetadataArray, start: Int64) {
    let model = try ModelFile(
      opening: path, access: access, verifying: verification, isTrusted: isTrusted, calls: calls)
    let array = try #require(try model.metadata.array(tokens))
    return (model, array, Int64(try #require(model.metadata.offset(of: tokens))) + 12)
  }

  /// The bytes of the group that holds an element.
  private func group(_ index: Int, of array: MetadataArray, at start: Int64) -> Range<Int64> {
    let (group, starts) = (index / 64, array.elementStarts)
    let end = group + 1 < starts.count ? starts[group + 1] : array.payloadByteCount
    return start + Int64(starts[group])..<start + Int64(end)
  }

  @Test(arguments: ModelFile.Access.allCases) func indexedOpeningReadsNothingOfTheArrays(
    _ access: ModelFile.Access
  ) throws {
    let calls = FaultyCalls { _, _ in nil }
    let (_, array, start) = try open(calls, access)
    let vocabulary = start..<start + Int64(array.payloadByteCount)
    // A window of reads may begin in front of it and end in it.
    #expect(calls.reads.filter { $0.overlaps(vocabulary) }.count <= 2)
    let before = calls.reads.count
    #expect(try array.element(at: 12_345) == "word 12345")
    #expect(Array(calls.reads[before...]) == [group(12_345, of: array, at: start)])
  }

  @Test(arguments: ModelFile.Access.allCases) func chunkOfAnElementIsCheckedOnce(_ access: ModelFile.Access)
    throws
  {
    let calls = FaultyCalls { _, _ in nil }
    let (_, array, start) = try open(calls, access, .onAccess)
    let before = calls.reads.count
    let index = 12_345
    for _ in 0..<3 { #expect(try array.element(at: index) == "word 12345") }
    let part = group(index, of: array, at: start)
    let size = Int64(chunk)
    let chunks = (part.lowerBound / size...(part.upperBound - 1) / size).map { $0 * size..<($0 + 1) * size }
    let expected = (access == .positional ? chunks : []) + [part, part, part]
    #expect(Array(calls.reads[before...]) == expected)
  }

  @Test(arguments: ModelFile.Access.allCases) func walkedVocabularyIsAView(_ access: ModelFile.Access) throws
  {
    _ = try ModelUnsealer.unseal(path)
    let calls = FaultyCalls { _, _ in nil }
    let (model, array, start) = try open(calls, access, isTrusted: false)
    let before = calls.reads.count
    #expect(try array.element(at: 19_999) == "word 19999")
    #expect(Array(calls.reads[before...]) == [group(19_999, of: array, at: start)])
    #expect(try model.metadata.array("tokenizer.ggml.scores")?.element(at: 5) == .float32(5))
    #expect(calls.reads.last?.count == 4)
  }

  @Test(arguments: ModelFile.Access.allCases) func damageIsFoundInTheChunkOfTheElement(
    _ access: ModelFile.Access
  ) throws {
    var bytes = try folder.bytes(of: "m.gguf")
    let place = try #require((0..<500_000).first { bytes[$0..<$0 + 10].elementsEqual("word 12345".utf8) })
    bytes[place] ^= 1
    try folder.write(bytes, to: "m.gguf")
    let (_, array, _) = try open(FaultyCalls { _, _ in nil }, access, .onAccess)
    #expect(try array.element(at: 0) == "word 0")
    let error = #expect(throws: ModelError.self) { try array.element(at: 12_345) }
    #expect(error?.code == "DAMAGED")
    #expect(error?.offset == UInt64(place / chunk * chunk))
    #expect(array[12_345] == "")
  }

  @Test func failingReadIsTheErrorOfTheElement() throws {
    let calls = FaultyCalls { call, _ in call == .read ? .fail(.ioError) : nil }
    _ = try ModelUnsealer.unseal(path)
    let array = try open(calls, .mapped, isTrusted: false).array
    let error = #expect(throws: ModelError.self) { try array.element(at: 1) }
    #expect(error?.code == "IO")
    #expect(throws: ContainerError.self) {
      try ModelFile(opening: path, calls: calls).metadata.strings(tokens)
    }
  }

  @Test func fileThatIsCutIsAnError() throws {
    let array = try open(FaultyCalls { _, _ in nil }, .mapped).array
    try folder.write(Array(fixture.body.prefix(50_000)), to: "cut")
    let file = try FileDescriptor.open(path, .writeOnly)
    try file.closeAfter { try file.resize(to: 50_000) }
    let error = #expect(throws: ModelError.self) { try array.element(at: 19_999) }
    #expect(error?.code == "SHRUNK")
    #expect(try array.element(at: 1) == "word 1")
  }

  @Test func manyThreadsDigestAChunkOnce() throws {
    let calls = FaultyCalls { _, _ in nil }
    let (model, array, _) = try open(calls, .positional, .onAccess)
    let tensor = try #require(model.tensor("a"))
    let before = calls.reads.count
    DispatchQueue.concurrentPerform(iterations: 16) { thread in
      for row in stride(from: thread, to: tensor.rowCount, by: 3) {
        _ = try? tensor.values(rows: row..<row + 1)
      }
      for index in stride(from: thread, to: array.count, by: 997) { _ = try? array.element(at: index) }
    }
    // Only digests read whole chunks from their start; the last chunk is shorter.
    let size = Int64(chunk)
    let digests = calls.reads[before...].filter { $0.lowerBound % size == 0 && $0.count == chunk }
    #expect(digests.count == Set(digests).count)
    #expect(digests.count >= tensor.byteCount / chunk - 1)
  }
}
