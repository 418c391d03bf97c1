import IngotCheckpoints
import IngotContainer
import IngotEncodings
import IngotModel
import IngotTestSupport
import SystemPackage
import Testing

@testable import IngotConversion

// `spec/importance.md`, clauses I4 and I5.
@Suite struct ImportanceTests {
  /// The blocks of rows, each encoded by itself with its weights.
  private func expected(
    _ values: [Float], columns: Int, _ encoding: Encoding, _ effort: Effort, weights: (Int) -> [Float]?
  ) throws -> [UInt8] {
    try (0..<(values.count / columns)).flatMap { row in
      let part = Array(values[row * columns..<(row + 1) * columns])
      let weights = weights(row)
      var bytes = [UInt8](repeating: 0, count: encoding.byteCount(elements: columns) ?? 0)
      try bytes.withUnsafeMutableBytes { buffer in
        var span = buffer.mutableBytes
        try encoding.encode(part.span, importance: weights?.span, into: &span, effort: effort)
      }
      return bytes
    }
  }

  private func weights(_ count: Int, seed: UInt64) -> [Float] {
    normalValues(count, seed: seed).map { $0 * $0 }
  }

  private func blocks(of name: String, in path: FilePath) throws -> [UInt8] {
    let tensor = try #require(try ModelFile(opening: path).tensor(name))
    return try tensor.withBlocks(rows: 0..<tensor.rowCount) { $0.withUnsafeBytes(Array.init) }
  }

  @Test(arguments: [Encoding.q4_0, .q4_K], [Effort.fast, .balanced])
  func everyRowIsEncodedWithTheWeightsOfItsColumns(encoding: Encoding, effort: Effort) async throws {
    let folder = try TemporaryFolder()
    // Rows do not divide the stretches that are encoded at once, so some are cut.
    let columns = 768
    let rows = WorkUnits.elementLimit / columns + 3
    let values = normalValues(columns * rows, seed: 21)
    let source = try folder.safetensors([
      SourceTensor("w", [rows, columns], values),
      SourceTensor("v", [2, columns], Array(values[..<(2 * columns)])),
    ])
    let weights = weights(columns, seed: 22)
    let matrix = ImportanceMatrix([.init(name: "w", weights: weights), .init(name: "unknown", weights: [1])])
    let target = folder.path("out.gguf")
    let plan = try await convert(
      source, to: target,
      ConversionOptions(target: .encoding(encoding), effort: effort, importance: matrix))
    #expect(plan.tensors.map(\.importance) == ["w", nil])
    #expect(
      try blocks(of: "w", in: target)
        == expected(values, columns: columns, encoding, effort) { _ in weights })
    if encoding == .q4_K && effort == .balanced {
      #expect(
        try blocks(of: "w", in: target)
          != expected(values, columns: columns, encoding, effort) { _ in nil })
    }
    // A tensor that the matrix does not name has equal weights.
    let plain = Array(values[..<(2 * columns)])
    #expect(
      try blocks(of: "v", in: target) == expected(plain, columns: columns, encoding, effort) { _ in nil })
  }

  @Test func everyExpertHasWeightsOfItsOwn() async throws {
    let folder = try TemporaryFolder()
    let (experts, rows, columns) = (3, 5, 256)
    let values = normalValues(experts * rows * columns, seed: 23)
    let source = try folder.safetensors([SourceTensor("w", [experts, rows, columns], values)])
    let weights = weights(experts * columns, seed: 24)
    let target = folder.path("out.gguf")
    for count in [nil, experts] {
      let matrix = ImportanceMatrix([.init(name: "w", weights: weights, expertCount: count)])
      try await convert(
        source, to: target, ConversionOptions(target: .encoding(.q4_K), importance: matrix), overwrite: true)
      let found = try blocks(of: "w", in: target)
      #expect(
        try found
          == expected(values, columns: columns, .q4_K, .balanced) {
            Array(weights[$0 / rows * columns..<($0 / rows + 1) * columns])
          })
    }
  }

  @Test func equalWeightsAreNoWeights() async throws {
    let folder = try TemporaryFolder()
    let source = try folder.safetensors([SourceTensor("w", [4, 256], normalValues(1024, seed: 25))])
    let (first, second) = (folder.path("1"), folder.path("2"))
    let matrix = ImportanceMatrix([.init(name: "w", weights: [Float](repeating: 0.3, count: 256))])
    try await convert(source, to: first, ConversionOptions(target: .encoding(.q4_K)))
    try await convert(source, to: second, ConversionOptions(target: .encoding(.q4_K), importance: matrix))
    #expect(try TestData.bytes(at: first) == TestData.bytes(at: second))
  }

  @Test func aMatrixOfAnotherWidthIsRefused() throws {
    let folder = try TemporaryFolder()
    let source = try folder.safetensors([
      SourceTensor("w", [4, 64], normalValues(256, seed: 26)),
      SourceTensor("e", [2, 2, 64], normalValues(256, seed: 26)),
    ])
    let checkpoint = try Checkpoints.open(source)
    for (name, count) in [("w", 63), ("w", 128), ("e", 64)] {
      let matrix = ImportanceMatrix([.init(name: name, weights: [Float](repeating: 1, count: count))])
      let error = #expect(throws: ConversionError.self) {
        try ConversionPlan(
          checkpoint, options: ConversionOptions(target: .encoding(.q4_0), importance: matrix))
      }
      #expect(error?.code == .importance && error?.tensor == name)
      #expect(error?.description.contains("\(count) weights") == true)
      // Where nothing is quantized, nothing is weighted.
      for target in [ConversionOptions.Target.own, .encoding(.f16)] {
        let plan = try ConversionPlan(
          checkpoint, options: ConversionOptions(target: target, importance: matrix))
        #expect(plan.tensors.allSatisfy { $0.importance == nil })
      }
    }
  }

  @Test func aMatrixMayHaveTheNameInTheOutput() async throws {
    let folder = try TemporaryFolder()
    let long = String(repeating: "long.", count: 20)
    let source = try folder.safetensors([SourceTensor(long, [4, 64], normalValues(256, seed: 27))])
    let stored = StoredName.stored(long)
    let matrix = ImportanceMatrix([.init(name: stored, weights: weights(64, seed: 28))])
    let plan = try ConversionPlan(
      try Checkpoints.open(source), options: ConversionOptions(target: .encoding(.q4_0), importance: matrix))
    #expect(plan.tensors.map(\.importance) == [stored])
  }
}
