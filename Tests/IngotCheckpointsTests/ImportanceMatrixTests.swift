import IngotCheckpoints
import IngotContainer
import IngotModel
import IngotTestSupport
import SystemPackage
import Testing

// `spec/importance.md`.
@Suite struct ImportanceMatrixTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func open(_ bytes: [UInt8], _ limits: CheckpointLimits = .default) throws -> ImportanceMatrix {
    try ImportanceMatrix(opening: folder.write(bytes, to: "any name"), limits: limits)
  }

  // MARK: What is read

  @Test func weightsAreTheMeansOfTheSums() throws {
    let matrix = try open(
      ImportanceFile.gguf(
        ImportanceFile.pair("b", sums: [4, 0, 1], counts: [8])
          + [("other", [2], [.nan, -1])]
          + ImportanceFile.pair("a", sums: [3], counts: [1])))
    #expect(matrix.entries.map(\.name) == ["b", "a"])
    #expect(matrix["b"]?.weights == [0.5, 0, 0.125] && matrix["a"]?.weights == [3] && matrix["other"] == nil)
    #expect(matrix.datasets == ["calibration.txt"] && matrix.chunkCount == 7 && matrix.chunkSize == 512)
    #expect(matrix.warnings.isEmpty)
  }

  @Test func everyExpertHasWeightsAndOneThatWasNeverUsedHasEqualOnes() throws {
    let matrix = try open(
      ImportanceFile.gguf(
        ImportanceFile.pair("experts", sums: [1, 2, 3, 4, 5, 6], counts: [2, 0, 4])))
    let entry = try #require(matrix["experts"])
    #expect(entry.expertCount == 3 && entry.weights == [0.5, 1, 1, 1, 1.25, 1.5])
    let warning = try #require(matrix.warnings.first)
    #expect(matrix.warnings.count == 1 && warning.code == .unused && warning.subject == .tensor("experts"))
    #expect("\(warning)".contains("1 of 3 experts") && "\(warning)".contains("expert 1 the first"))
  }

  @Test func theOlderFormatIsDividedByTheCalls() throws {
    let entries = [
      ImportanceFile.entry("a", calls: 4, [1, 2, 6]), ImportanceFile.entry("b", calls: 0, [5, 7]),
    ]
    let matrix = try open(ImportanceFile.legacy(entries))
    #expect(matrix["a"]?.weights == [0.25, 0.5, 1.5] && matrix["b"]?.weights == [5, 7])
    #expect(matrix["a"]?.expertCount == nil)
    #expect(matrix.datasets == ["text"] && matrix.chunkCount == 9 && matrix.chunkSize == nil)
    let oldest = try open(ImportanceFile.legacy(entries, end: []))
    #expect(oldest.entries == matrix.entries && oldest.datasets.isEmpty && oldest.chunkCount == nil)
  }

  @Test func aMatrixFitsTensorsWithAsManyColumnsAndExperts() {
    let plain = ImportanceMatrix.Entry(name: "w", weights: [1, 2, 3, 4, 5, 6])
    #expect(
      plain.fits(dimensions: [6]) && plain.fits(dimensions: [6, 5]) && plain.fits(dimensions: [3, 7, 2]))
    #expect(plain.fits(dimensions: [1, 7, 2, 3]))
    #expect(
      !plain.fits(dimensions: [3, 2]) && !plain.fits(dimensions: [6, 5, 2]) && !plain.fits(dimensions: []))
    #expect(!plain.fits(dimensions: [Int.max, 1, Int.max]) && !plain.fits(dimensions: [0, 6, 6]))
    #expect(!plain.fits(dimensions: [6, 6, 0]) && !plain.fits(dimensions: [6, 1, .max, .max]))
    let experts = ImportanceMatrix.Entry(name: "w", weights: [1, 2, 3, 4, 5, 6], expertCount: 2)
    #expect(experts.fits(dimensions: [3, 7, 2]) && !experts.fits(dimensions: [6, 5]))
    #expect(!experts.fits(dimensions: [2, 7, 3]))
  }

  @Test func aRowHasTheWeightsOfItsExpertAndAStretchThoseOfItsColumns() {
    let entry = ImportanceMatrix.Entry(name: "w", weights: [1, 2, 3, 10, 20, 30], expertCount: 2)
    let dimensions = [3, 2, 2]
    #expect((0..<4).map { Array(entry.weights(ofRow: $0, dimensions: dimensions))[0] } == [1, 1, 10, 10])
    let all: [Float] = [1, 2, 3, 1, 2, 3, 10, 20, 30, 10, 20, 30]
    for lower in 0...12 {
      for upper in lower...12 {
        var values = [Float](repeating: -1, count: upper - lower)
        values.withUnsafeMutableBufferPointer {
          entry.fill($0, elements: lower..<upper, dimensions: dimensions)
        }
        #expect(values == Array(all[lower..<upper]))
      }
    }
  }

  // MARK: What is refused

  private func expect(
    _ code: CheckpointError.Code, at offset: UInt64?, _ bytes: [UInt8], _ limits: CheckpointLimits = .default,
    _ location: SourceLocation = #_sourceLocation
  ) throws {
    let error = #expect(throws: CheckpointError.self, sourceLocation: location) { try open(bytes, limits) }
    #expect(error?.code == code && error?.offset == offset, "\(error as Any)", sourceLocation: location)
  }

  @Test func whatIsNoImportanceMatrixIsRefused() throws {
    try expect(.magic, at: 0, [])
    try expect(.magic, at: 0, Array("PK\u{3}\u{4}, a ZIP archive".utf8))
    try expect(.magic, at: 0, ImportanceFile.number(0) + [UInt8](repeating: 0, count: 64))
    try expect(.magic, at: 0, ImportanceFile.number(-1) + [UInt8](repeating: 0, count: 64))
    var metadata = ImportanceFile.metadata
    metadata["general.type"] = "model"
    let pair = ImportanceFile.pair("a", sums: [1], counts: [1])
    try expect(.magic, at: 0, ImportanceFile.gguf(pair, metadata: metadata))
    metadata["general.type"] = .uint32(1)
    try expect(.magic, at: 0, ImportanceFile.gguf(pair, metadata: metadata))
    #expect(throws: ModelError.self) { try open(Array("GGUF".utf8)) }
  }

  @Test func aSumAndItsCountBelongTogether() throws {
    let pair = ImportanceFile.pair("a", sums: [1, 2, 3, 4], counts: [1, 2])
    let size = UInt64(try ImportanceFile.gguf(pair).count)
    let alone = try ImportanceFile.gguf([pair[0]])
    try expect(.schema, at: UInt64(alone.count) - 32, alone)
    let count = try ImportanceFile.gguf([pair[1]])
    try expect(.schema, at: UInt64(count.count) - 32, count)
    try expect(.schema, at: 0, ImportanceFile.gguf([("else", [1], [1])]))
    let three = try ImportanceFile.gguf([pair[0], ("a.counts", [1, 3], [1, 2, 3])])
    try expect(.size, at: UInt64(three.count) - 32, three)
    let none = try ImportanceFile.gguf([("a.in_sum2", [0, 2], []), pair[1]])
    try expect(.size, at: UInt64(none.count) - 32, none)
    // The first value after the header, and the last count.
    for value in [Float.nan, .infinity, -1] {
      try expect(
        .value, at: size - 60,
        ImportanceFile.gguf(ImportanceFile.pair("a", sums: [1, value, 3, 4], counts: [1, 2])))
      try expect(
        .value, at: size - 28,
        ImportanceFile.gguf(ImportanceFile.pair("a", sums: [1, 2, 3, 4], counts: [1, value])))
    }
    try expect(
      .value, at: size - 64,
      ImportanceFile.gguf(ImportanceFile.pair("a", sums: [1, 2, 3, 4], counts: [.leastNonzeroMagnitude, 1])))
    var limits = CheckpointLimits()
    limits.importanceValueCount = 6
    #expect(try open(ImportanceFile.gguf(pair), limits).entries.count == 1)
    limits.importanceValueCount = 5
    try expect(.limit, at: size - 64, ImportanceFile.gguf(pair), limits)
  }

  @Test(arguments: ["imatrix.datasets", "imatrix.chunk_count", "imatrix.chunk_size"])
  func theKeysOfTheFormatMustBeThere(key: String) throws {
    let pair = ImportanceFile.pair("a", sums: [1], counts: [1])
    var metadata = ImportanceFile.metadata
    metadata[key] = nil
    try expect(.schema, at: nil, ImportanceFile.gguf(pair, metadata: metadata))
    metadata[key] = .uint8(1)
    let error = #expect(throws: CheckpointError.self) {
      try open(ImportanceFile.gguf(pair, metadata: metadata))
    }
    #expect(error?.code == .schema && error?.subject == .key(key) && error?.offset != nil)
  }

  @Test func faultsOfTheOlderFormatAreRefused() throws {
    func file(_ entry: [UInt8], end: [UInt8] = []) -> [UInt8] { ImportanceFile.legacy([entry], end: end) }
    let sound = ImportanceFile.entry("ab", calls: 1, [1, 2])
    let end = UInt64(file(sound).count)
    try expect(
      .value, at: 4, ImportanceFile.number(1) + ImportanceFile.number(0) + [UInt8](repeating: 1, count: 20))
    try expect(
      .value, at: 4, ImportanceFile.number(1) + ImportanceFile.number(-5) + [UInt8](repeating: 1, count: 20))
    try expect(
      .limit, at: 4,
      ImportanceFile.number(1) + ImportanceFile.number(65_536) + [UInt8](repeating: 1, count: 20))
    try expect(
      .truncated, at: 8,
      ImportanceFile.number(1) + ImportanceFile.number(65_535) + [UInt8](repeating: 1, count: 20))
    try expect(.utf8, at: 8, file(ImportanceFile.entry("a\0", calls: 1, [1])))
    var broken = file(sound)
    broken[8] = 0xFF
    try expect(.utf8, at: 8, broken)
    for count in [Int32(0), -1, .min] {
      try expect(.value, at: 14, file(ImportanceFile.entry("ab", calls: 1, [1, 2], count: count)))
    }
    // Two gibibytes of values that are not there are not asked for.
    try expect(.truncated, at: 14, file(ImportanceFile.entry("ab", calls: 1, [1, 2], count: .max)))
    for value in [Float.nan, .infinity, -1] {
      try expect(.value, at: 22, file(ImportanceFile.entry("ab", calls: 1, [1, value])))
    }
    try expect(.duplicate, at: end, ImportanceFile.legacy([sound, sound]))
    try expect(.value, at: end, file(sound, end: ImportanceFile.end(-1, "text")))
    try expect(
      .truncated, at: end + 8, file(sound, end: ImportanceFile.number(1) + ImportanceFile.number(1)))
    try expect(.value, at: end + 4, file(sound, end: ImportanceFile.number(1) + ImportanceFile.number(-1)))
    try expect(.coverage, at: end + 12, file(sound, end: ImportanceFile.end(1, "text") + [0]))
    var limits = CheckpointLimits()
    limits.importanceValueCount = 1
    try expect(.limit, at: 14, file(sound), limits)
    limits = CheckpointLimits()
    limits.tensorCount = 0
    try expect(.limit, at: 0, file(sound), limits)
  }

  @Test func aFolderIsRefused() throws {
    #expect(throws: (any Error).self) { try ImportanceMatrix(opening: folder.path) }
  }

  // MARK: Damage

  @Test func everyTruncationIsRefused() throws {
    let entries = [ImportanceFile.entry("ab", calls: 1, [1, 2]), ImportanceFile.entry("c", calls: 2, [1])]
    let whole = ImportanceFile.legacy(entries)
    let oldest = ImportanceFile.legacy(entries, end: []).count
    for count in 0..<whole.count where count != oldest {
      let error = #expect(throws: CheckpointError.self) { try open(Array(whole.prefix(count))) }
      #expect([.truncated, .magic].contains(error?.code) && (error?.offset ?? .max) <= UInt64(count))
    }
    let gguf = try ImportanceFile.gguf(ImportanceFile.pair("a", sums: [1, 2, 3, 4], counts: [1, 2]))
    // All but the padding at the end is needed.
    for count in 0..<(gguf.count - 24) {
      #expect(throws: (any Error).self) { try open(Array(gguf.prefix(count))) }
    }
  }

  @Test func mutatedFilesAreReadOrRefused() throws {
    let seed: UInt64 = 0x1A7_2A71
    print("seed \(seed)")
    var generator = SeededGenerator(seed: seed)
    let valid = [
      ImportanceFile.legacy([
        ImportanceFile.entry("ab", calls: 1, [1, 2]), ImportanceFile.entry("c", calls: 2, [1]),
      ]),
      try ImportanceFile.gguf(ImportanceFile.pair("a", sums: [1, 2, 3, 4], counts: [1, 2])),
    ]
    var refused: Set<String> = []
    var accepted = 0
    for round in 0..<6000 {
      var bytes = valid[round % 2]
      for _ in 0...Int.random(in: 0...1, using: &generator) {
        let index = Int.random(in: bytes.indices, using: &generator)
        switch Int.random(in: 0..<3, using: &generator) {
        case 0: bytes[index] = UInt8.random(in: 0...255, using: &generator)
        case 1: bytes.remove(at: index)
        default: bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        }
      }
      do {
        let matrix = try open(bytes)
        #expect(matrix.entries.allSatisfy { $0.weights.allSatisfy { $0 >= 0 && $0.isFinite } })
        accepted += 1
      } catch let error as CheckpointError {
        refused.insert(error.code.rawValue)
        #expect((error.offset ?? 0) <= UInt64(bytes.count))
      } catch is ModelError {
        refused.insert("model")
      }
    }
    #expect(accepted > 100)
    #expect(refused.isSuperset(of: ["MAGIC", "TRUNCATED", "VALUE", "SCHEMA", "COVERAGE", "UTF8", "model"]))
  }
}
