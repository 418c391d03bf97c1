import Synchronization
import Testing

@testable import IngotContainer

/// Arrays that stay in their file: what is read of them, and what is said of one that cannot be.
@Suite struct DeferredArrayTests {
  private let words = (0..<1000).map { "☃ word \($0)" }
  private let numbers = (0..<5000).map { Int32($0) }
  private let flags = (0..<5000).map { $0 % 3 == 0 }

  /// A file in memory that notes what is read of it.
  private final class Source: Sendable {
    struct Cut: Error, Equatable {}

    private let state: Mutex<(bytes: [UInt8], reads: [Range<Int>])>

    init(_ bytes: [UInt8]) { state = Mutex((bytes, [])) }

    var reads: [Range<Int>] { state.withLock { $0.reads } }

    func change(_ change: (inout [UInt8]) -> Void) { state.withLock { change(&$0.bytes) } }

    func load(_ offset: UInt64, _ buffer: UnsafeMutableRawBufferPointer) throws {
      try state.withLock { state in
        let range = Int(offset)..<Int(offset) + buffer.count
        state.reads.append(range)
        guard range.upperBound <= state.bytes.count else { throw Cut() }
        buffer.copyBytes(from: state.bytes[range])
      }
    }

    func header(_ entries: [UInt64: DeferredArrays.Entry] = [:]) throws -> ContainerHeader {
      let bytes = state.withLock { $0.bytes }
      let arrays = DeferredArrays(entries) { [self] in try load($0, $1) }
      let header = try ContainerHeader(parsing: bytes.span.bytes, limits: .default, deferring: arrays)
      let windowed = try ContainerHeader(byteCount: UInt64(bytes.count), limits: .default, deferring: arrays)
      {
        $1.copyBytes(from: bytes[Int($0)..<Int($0) + $1.count])
      }
      #expect(header.metadata.keys == windowed.metadata.keys)
      #expect(
        header.metadata.map(\.value.array?.elementStarts)
          == windowed.metadata.map(\.value.array?.elementStarts))
      return header
    }
  }

  private func file() -> HostileFile {
    HostileFile(keys: 4).entry("words", .array(MetadataArray(words))).entry(
      "few", .array(MetadataArray(["a", "b"]))
    )
    .entry("numbers", .array(MetadataArray(numbers))).entry("flags", .array(MetadataArray(flags)))
  }

  /// The index of the file as a seal has it.
  private func entries(_ header: ContainerHeader) -> [UInt64: DeferredArrays.Entry] {
    var entries: [UInt64: DeferredArrays.Entry] = [:]
    for (key, value) in header.metadata {
      guard let array = value.array, array.payloadByteCount >= 4096,
        let offset = header.metadata.offset(of: key)
      else { continue }
      entries[offset + 12] = .init(
        byteCount: array.payloadByteCount, marks: array.elementStarts.map { UInt32($0) })
    }
    return entries
  }

  @Test(arguments: [false, true]) func elementReadsNoMoreThanItsGroup(_ isIndexed: Bool) throws {
    let source = Source(file().bytes)
    let plain = try source.header()
    let header = isIndexed ? try source.header(entries(plain)) : plain
    #expect(source.reads.isEmpty)
    let array = try #require(try header.metadata.array("words"))
    let start = try #require(header.metadata.offset(of: "words")).advanced(by: 12)
    for index in [0, 63, 64, 999, 640] {
      #expect(try array.element(at: index) == .string(words[index]))
      #expect(array[index] == .string(words[index]))
      #expect(array.strings?[index] == words[index])
    }
    let starts = array.elementStarts
    let groups = starts.indices.map { group in
      Int(start) + starts[group]..<Int(start)
        + (group + 1 < starts.count ? starts[group + 1] : array.payloadByteCount)
    }
    #expect(source.reads == [0, 0, 1, 15, 10].flatMap { [groups[$0], groups[$0], groups[$0]] })

    let number = try #require(try header.metadata.array("numbers"))
    #expect(try number.element(at: 4321) == .int32(4321))
    #expect(source.reads.last?.count == 4)
    #expect(number.values(of: Int32.self)?[17] == 17)
    #expect(source.reads.last?.count == 4)
    #expect(try header.metadata.array("few")?.element(at: 1) == "b")
    #expect(source.reads.count == 17)
  }

  @Test func iterationReadsPartByPartAndKeepsNothing() throws {
    let source = Source(file().bytes)
    let header = try source.header()
    let array = try #require(try header.metadata.array("words"))
    for _ in 0..<2 { #expect(Array(try #require(array.strings)) == words) }
    #expect(source.reads.count == 2 * 16)
    #expect(Array(array) == words.map { .string($0) })
    #expect(try header.metadata.array("numbers")?.integers == numbers.map(Int.init))
    let values = try #require(try header.metadata.array("numbers")?.values(of: Int32.self))
    #expect(Array(values) == numbers)
    #expect(source.reads.count == 3 * 16 + 2 * 2)
    // Loaded, it is read no more.
    try array.load()
    try array.load()
    #expect(source.reads.count == 3 * 16 + 2 * 2 + 1)
    #expect(Array(try #require(array.strings)) == words)
    #expect(try array.element(at: 70) == .string(words[70]))
    #expect(source.reads.count == 3 * 16 + 2 * 2 + 1)
    #expect(try header.metadata.strings("words")?.last == words.last)
  }

  @Test func loadingBetweenTwoElementsOfAWalkChangesNothing() throws {
    let array = try #require(try Source(file().bytes).header().metadata.array("words"))
    var iterator = try #require(array.strings).makeIterator()
    for index in 0..<100 { #expect(iterator.next() == words[index]) }
    try array.load()
    for index in 100..<1000 { #expect(iterator.next() == words[index]) }
    #expect(iterator.next() == nil)
  }

  private func isInFile(_ array: MetadataArray?) throws -> Bool {
    if case .deferred = try #require(array).storage { true } else { false }
  }

  @Test func allWaysOfReadingAreEqual() throws {
    let source = Source(file().bytes)
    let plain = try file().header()
    let deferred = try source.header()
    let indexed = try source.header(entries(plain))
    #expect(try !isInFile(deferred.metadata.array("flags")))
    #expect(try isInFile(indexed.metadata.array("flags")))
    for header in [deferred, indexed] {
      #expect(header.metadata == plain.metadata)
      #expect(header.encoded() == plain.encoded())
    }
    #expect(try indexed.metadata.values("flags", of: Bool.self)?.elementsEqual(flags) == true)
  }

  @Test func fileThatChangedIsAnErrorAtItsPlace() throws {
    let source = Source(file().bytes)
    let header = try source.header()
    let array = try #require(try header.metadata.array("words"))
    let start = Int(try #require(header.metadata.offset(of: "words"))) + 12
    let group = start + array.elementStarts[2]

    func refusal(of index: Int) -> ContainerError? {
      #expect(array[index] == "")
      return #expect(throws: ContainerError.self) { try array.element(at: index) }
    }
    source.change { $0[group + 8] = 0xFF }
    var error = refusal(of: 130)
    #expect(error?.code == .utf8)
    #expect(error?.offset == UInt64(group + 8))
    #expect(error?.subject == .key("words"))
    source.change { $0[group + 8] = 0xE2 }
    // One byte less: what follows is no length.
    source.change { $0[group] -= 1 }
    error = refusal(of: 191)
    #expect(error?.code == .truncated || error?.code == .limit)
    #expect(try array.element(at: 192) == .string(words[192]))
    source.change { $0[group] += 1 }
    // The last string of the group takes a length that leaves the group.
    let last = group + (128..<191).reduce(0) { $0 + 8 + words[$1].utf8.count }
    source.change { $0[last] += 1 }
    error = refusal(of: 128)
    #expect(error?.code == .truncated)
    #expect(error?.offset == UInt64(last))
    source.change { $0[last] -= 2 }
    error = refusal(of: 128)
    #expect(error?.code == .truncated)
    #expect(error?.offset == UInt64(start + array.elementStarts[3]))
    // Of all elements only those of the group are lost, until somebody asks for all at once.
    #expect(array.strings?.filter(\.isEmpty).count == 64)
    #expect(throws: ContainerError.self) { try array.load() }
    #expect(throws: ContainerError.self) { try array.element(at: 0) }
    #expect(array.strings?.allSatisfy(\.isEmpty) == true)
    #expect(throws: ContainerError.self) { try header.metadata.loadArrays() }
  }

  @Test func errorOfTheSourcePassesThrough() throws {
    let source = Source(file().bytes)
    let header = try source.header()
    source.change { $0.removeLast($0.count - 200) }
    let array = try #require(try header.metadata.array("numbers"))
    #expect(throws: Source.Cut.self) { try array.element(at: 3) }
    #expect(array.values(of: Int32.self)?[3] == 0)
    #expect(array.integers == [Int](repeating: 0, count: 5000))
    #expect(throws: Source.Cut.self) { try header.metadata.loadArrays() }
  }

  @Test func marksThatLieAreFoundWhereTheyAreUsed() throws {
    let source = Source(file().bytes)
    let plain = try file().header()
    let start = try #require(plain.metadata.offset(of: "words")) + 12
    let honest = try #require(entries(plain)[start])
    for shift in [8, -8, 1] as [Int64] {
      var marks = honest.marks
      marks[5] = UInt32(Int64(marks[5]) + shift)
      let header = try source.header([start: .init(byteCount: honest.byteCount, marks: marks)])
      let array = try #require(try header.metadata.array("words"))
      #expect(try array.element(at: 0) == .string(words[0]))
      #expect(try array.element(at: 6 * 64) == .string(words[6 * 64]))
      for index in [4 * 64, 5 * 64 - 1, 5 * 64, 6 * 64 - 1] {
        let error = #expect(throws: ContainerError.self) { try array.element(at: index) }
        #expect(error?.offset != nil)
      }
      #expect(throws: ContainerError.self) { try array.load() }
    }
    // A mark at a string, but not the one that it says.
    var marks = honest.marks
    marks[5] += UInt32(8 + words[5 * 64].utf8.count)
    let header = try source.header([start: .init(byteCount: honest.byteCount, marks: marks)])
    let array = try #require(try header.metadata.array("words"))
    let error = #expect(throws: ContainerError.self) { try array.element(at: 4 * 64) }
    #expect(error?.code == .truncated)
    #expect(error?.offset == start + UInt64(marks[5]))
    #expect(throws: ContainerError.self) { try array.element(at: 5 * 64) }
  }
}

extension MetadataValue {
  fileprivate var array: MetadataArray? { if case .array(let array) = self { array } else { nil } }
}
