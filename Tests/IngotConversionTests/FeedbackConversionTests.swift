import IngotCheckpoints
import IngotEncodings
import IngotModel
import IngotTestSupport
import SystemPackage
import Testing

@testable import IngotConversion

// `spec/encodings.md`, clause E40, and `spec/conversion.md`, V3.7.
@Suite struct FeedbackConversionTests {
  /// Moments of neighbours that are alike.
  private func neighbours(_ count: Int, _ correlation: Float = 0.875) -> [Float] {
    var powers: [Float] = [1]
    for _ in 1..<count { powers.append(powers[powers.count - 1] * correlation) }
    var matrix: [Float] = []
    for row in 0..<count { for column in 0..<count { matrix.append(powers[abs(row - column)]) } }
    return matrix
  }

  private func options(_ moments: FilePath, _ encoding: Encoding = .q4_0) throws -> ConversionOptions {
    ConversionOptions(
      target: .encoding(encoding), effort: .best, secondMoments: try SecondMomentFile(opening: moments))
  }

  private func run(
    _ source: FilePath, to target: FilePath, _ options: ConversionOptions, threads: Int = 2
  ) async throws -> ConversionReport {
    let checkpoint = try Checkpoints.open(source)
    let plan = try ConversionPlan(checkpoint, options: options)
    return try await ConversionPipeline(plan, from: checkpoint, threads: threads).run(
      to: target, overwrite: true)
  }

  /// Blocks of rows, encoded in one go.
  private func expected(_ rows: [Float], _ matrix: [Float], _ columns: Int, _ encoding: Encoding) throws
    -> [UInt8]
  {
    let moments = try SecondMoments(matrix.map(Double.init), columnCount: columns)
    var bytes = [UInt8](repeating: 0, count: encoding.byteCount(elements: rows.count) ?? 0)
    try bytes.withUnsafeMutableBytes { buffer in
      var span = buffer.mutableBytes
      _ = try encoding.encode(rows: rows.span, secondMoments: moments, into: &span)
    }
    return bytes
  }

  private func blocks(of name: String, in path: FilePath) throws -> [UInt8] {
    let tensor = try #require(try ModelFile(opening: path).tensor(name))
    return try tensor.withBlocks(rows: 0..<tensor.rowCount) { $0.withUnsafeBytes(Array.init) }
  }

  @Test func rowsAreWholeExpertsHaveTheirOwnAndThreadsChangeNothing() async throws {
    let folder = try TemporaryFolder()
    let (experts, rows, columns) = (3, 5, 96)
    let values = normalValues(experts * rows * columns, seed: 51)
    let other = normalValues(7 * 64, seed: 52)
    let source = try folder.safetensors([
      SourceTensor("w", [experts, rows, columns], values),
      SourceTensor("s", [experts, rows, columns], values),
      SourceTensor("v", [7, 64], other),
    ])
    let matrices = [0.5, 0.75, 0.96875].map { neighbours(columns, $0) }
    let moments = try folder.safetensors(
      [
        SourceTensor("w", [experts, columns, columns], matrices.flatMap { $0 }),
        SourceTensor("s", [columns, columns], matrices[2]), SourceTensor("unknown", [1], [.nan]),
      ], name: "moments")
    let (one, two) = (folder.path("1"), folder.path("2"))
    let report = try await run(source, to: one, options(moments), threads: 1)
    let again = try await run(source, to: two, options(moments), threads: 5)
    #expect(try TestData.bytes(at: one) == TestData.bytes(at: two))
    #expect(report.feedback == again.feedback && report.feedback.map(\.name) == ["w", "s"])
    #expect(report.feedback.allSatisfy { $0.measure.rows == 15 && $0.measure.reduction > 0.05 })
    for (name, matrices) in [("w", matrices), ("s", [[Float]](repeating: matrices[2], count: experts))] {
      var blocks: [UInt8] = []
      for expert in 0..<experts {
        let part = Array(values[expert * rows * columns..<(expert + 1) * rows * columns])
        blocks += try expected(part, matrices[expert], columns, .q4_0)
      }
      #expect(try self.blocks(of: name, in: one) == blocks)
    }
    // A tensor without moments is as ever.
    let plain = folder.path("3")
    try await convert(source, to: plain, ConversionOptions(target: .encoding(.q4_0), effort: .best))
    #expect(try blocks(of: "v", in: one) == blocks(of: "v", in: plain))
    #expect(try blocks(of: "w", in: one) != blocks(of: "w", in: plain))
  }

  @Test func unitsHoldWholeRowsOfOneExpert() throws {
    let folder = try TemporaryFolder()
    let columns = 96
    let rows = WorkUnits.elementLimit / columns + 3
    let source = try folder.safetensors([
      SourceTensor("a", [3, 32], normalValues(96, seed: 1)),
      SourceTensor("w", "BF16", [2, rows, columns], [UInt8](repeating: 0, count: 4 * rows * columns)),
    ])
    let moments = try folder.safetensors(
      [SourceTensor("w", [columns, columns], neighbours(columns))], name: "moments")
    let plan = try ConversionPlan(try Checkpoints.open(source), options: options(moments))
    let segments = WorkUnits(plan).flatMap(\.segments).filter { $0.tensor == 1 }
    var end = 0
    for segment in segments {
      #expect(segment.elements.lowerBound == end && segment.elements.upperBound % columns == 0)
      #expect(
        segment.elements.lowerBound / (rows * columns) == (segment.elements.upperBound - 1) / (rows * columns)
      )
      end = segment.elements.upperBound
    }
    #expect(end == 2 * rows * columns && segments.count > 3)
  }

  @Test func diagonalMomentsAreImportance() async throws {
    let folder = try TemporaryFolder()
    let weights = normalValues(256, seed: 53).map { $0 * $0 }
    let source = try folder.safetensors([SourceTensor("w", [6, 256], normalValues(6 * 256, seed: 54))])
    var matrix = [Float](repeating: 0, count: 256 * 256)
    for column in 0..<256 { matrix[257 * column] = weights[column] }
    let moments = try folder.safetensors([SourceTensor("w", [256, 256], matrix)], name: "moments")
    let (first, second) = (folder.path("1"), folder.path("2"))
    for encoding in [Encoding.q4_0, .q4_K, .tq2_0] {
      let report = try await run(source, to: first, options(moments, encoding))
      #expect(report.feedback[0].measure.compensatedRows == 0 && report.feedback[0].measure.reduction == 0)
      try await convert(
        source, to: second,
        ConversionOptions(
          target: .encoding(encoding), effort: .best,
          importance: ImportanceMatrix([.init(name: "w", weights: weights)])), overwrite: true)
      #expect(try TestData.bytes(at: first) == TestData.bytes(at: second))
    }
  }

  @Test func whatIsNoMatrixOfTheTensorIsRefusedBeforeAnythingIsWritten() throws {
    let folder = try TemporaryFolder()
    let source = try folder.safetensors([SourceTensor("w", [4, 64], normalValues(256, seed: 55))])
    let checkpoint = try Checkpoints.open(source)
    let whole = [UInt8](repeating: 0, count: 4 * 4096)
    let cases: [(SourceTensor, CheckpointError.Code)] = [
      (SourceTensor("w", "F32", [4096], whole), .size), (SourceTensor("w", "F32", [32, 128], whole), .size),
      (SourceTensor("w", "F32", [1, 1, 64, 64], whole), .size),
      (SourceTensor("w", "I32", [64, 64], whole), .elementType),
      (SourceTensor("w", "F32", [2, 64, 64], whole + whole), .size),
      (SourceTensor("w", "F32", [0, 64], []), .size),
    ]
    for (tensor, code) in cases {
      let moments = try folder.safetensors([SourceTensor("p", [1], [0]), tensor], name: "moments")
      let options = try options(moments)
      let error = #expect(throws: CheckpointError.self) { try ConversionPlan(checkpoint, options: options) }
      #expect(error?.code == code && error?.subject == .tensor("w"))
    }
    let moments = try folder.safetensors([SourceTensor("w", "F32", [64, 64], whole)], name: "moments")
    var limits = CheckpointLimits()
    limits.secondMomentColumnCount = 63
    let limited = ConversionOptions(
      target: .encoding(.q4_0), effort: .best,
      secondMoments: try SecondMomentFile(opening: moments, limits: limits))
    #expect(throws: CheckpointError.self) { try ConversionPlan(checkpoint, options: limited) }
    var hasty = try options(moments)
    hasty.effort = .balanced
    #expect(throws: ConversionError.self) { try ConversionPlan(checkpoint, options: hasty) }
    #expect(throws: CheckpointError.self) {
      try SecondMomentFile(opening: folder.write([1, 2], to: "other"))
    }
  }

  @Test func aNumberThatCannotBeIsPlacedAndNothingIsLeft() async throws {
    let folder = try TemporaryFolder()
    let source = try folder.safetensors([SourceTensor("w", [4, 64], normalValues(256, seed: 56))])
    for (row, column, value) in [(3, 5, Float.nan), (7, 7, -1), (9, 2, .infinity), (0, 63, 0.5)] {
      var matrix = neighbours(64)
      matrix[64 * row + column] = value
      let moments = try folder.safetensors(
        [SourceTensor("p", [3], [0, 0, 0]), SourceTensor("w", [64, 64], matrix)], name: "moments")
      let options = try options(moments)
      let target = folder.path("out")
      let error = await #expect(throws: CheckpointError.self) { try await run(source, to: target, options) }
      let start = try #require(options.secondMoments?["w"]).location.offset
      #expect(error?.code == .value && error?.subject == .tensor("w"))
      #expect(error?.offset == start + UInt64(4 * (64 * row + column)))
      #expect(try !folder.names().contains("out"))
    }
  }
}
