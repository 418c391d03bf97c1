import IngotCheckpoints
import IngotEncodings
import IngotTestSupport
import SystemPackage
import Testing

@testable import IngotConversion

// `spec/command.md`, clauses K5.2 and K5.3.
@Suite struct WeightedComparisonTests {
  private func compare(
    _ reference: FilePath, _ other: FilePath, tensor: String? = nil, _ importance: ImportanceMatrix? = nil,
    histogram: Bool = false, threads: Int = 2
  ) async throws -> ComparisonReport {
    try await Comparison(
      Checkpoints.open(reference), with: Checkpoints.open(other), tensor: tensor, importance: importance,
      histogram: histogram
    ).run(threads: threads)
  }

  private func weights(_ count: Int, seed: UInt64) -> [Float] {
    normalValues(count, seed: seed).map { $0 * $0 }
  }

  private func expectRefusal(_ body: () async throws -> ComparisonReport) async {
    await #expect { _ = try await body() } throws: { ($0 as? ConversionError)?.code == .importance }
  }

  @Test func errorsHaveTheWeightOfTheirColumnInTheirExpert() async throws {
    let folder = try TemporaryFolder()
    // Neither rows nor experts divide the stretches that are compared at once.
    let (experts, rows, columns) = (3, 150, 771)
    let count = experts * rows * columns
    #expect(count > 2 * WorkUnits.elementLimit)
    let (reference, other) = (normalValues(count, seed: 1), normalValues(count, seed: 2))
    let weights = weights(experts * columns, seed: 3)
    let shape = [experts, rows, columns]
    let left = try folder.safetensors([SourceTensor("w", shape, reference)], name: "a")
    let right = try folder.safetensors([SourceTensor("w", shape, other)], name: "b")
    let matrix = ImportanceMatrix([.init(name: "w", weights: weights, expertCount: experts)])

    var (noise, signal) = (0.0, 0.0)
    for index in 0..<count {
      let weight = Double(weights[index / (rows * columns) * columns + index % columns])
      let error = Double(other[index]) - Double(reference[index])
      noise += weight * error * error
      signal += weight * Double(reference[index]) * Double(reference[index])
    }
    let one = try await compare(left, right, matrix, histogram: true, threads: 1)
    let found = try #require(one.tensors.first?.weightedError)
    #expect(abs(found.squaredError / noise - 1) < 1e-12)
    #expect(abs(found.squaredReference / signal - 1) < 1e-12)
    #expect(one.weightedTotal == found && one.tensors[0].importance == "w")

    let many = try await compare(left, right, matrix, histogram: true, threads: 5)
    #expect(many.weightedTotal == one.weightedTotal && many.histogram == one.histogram)
    #expect(one.histogram?.valueCount == count)
  }

  @Test func theTotalLeavesOutWhatHasNoWeights() async throws {
    let folder = try TemporaryFolder()
    let number = SourceTensor("i", "I64", [1], [1, 0, 0, 0, 0, 0, 0, 0])
    let left = try folder.safetensors(
      [SourceTensor("a", [1, 2], [3, 4]), SourceTensor("b", [2], [1, 1]), number], name: "l")
    let right = try folder.safetensors(
      [SourceTensor("a", [1, 2], [3, 5]), SourceTensor("b", [2], [9, 9]), number], name: "r")
    let matrix = ImportanceMatrix([
      .init(name: "a", weights: [0, 25]), .init(name: "unknown", weights: [1, 1, 1]),
      .init(name: "i", weights: [1, 2]),
    ])
    let report = try await compare(left, right, matrix)
    #expect(report.weightedTotal?.squaredError == 25 && report.weightedTotal?.squaredReference == 400)
    #expect(report.unweighted == ["b"])
    #expect(report.tensors.map(\.importance) == ["a", nil, nil])
    #expect(report.tensors.map { $0.weightedError == nil } == [false, true, true])
    #expect(report.histogram == nil)
    let plain = try await compare(left, right)
    #expect(plain.weightedTotal == nil && plain.unweighted.isEmpty)
  }

  @Test func anEntryIsFoundByTheNameBeforeAndAfterAConversion() async throws {
    let folder = try TemporaryFolder()
    let long = String(repeating: "encoder.", count: 12) + "weight"
    let source = try folder.safetensors([SourceTensor(long, [2, 1, 2, 2, 32], normalValues(256, seed: 4))])
    let target = folder.path("out.gguf")
    let plan = try await convert(source, to: target, ConversionOptions(target: .encoding(.q4_0)))
    let stored = try #require(plan.tensors.first?.name)
    #expect(stored != long)
    for (reference, other) in [(source, target), (target, source), (target, target)] {
      for name in [long, stored] {
        // Of five dimensions two are folded into the fourth, as in the output.
        let matrix = ImportanceMatrix([.init(name: name, weights: weights(32 * 2 * 2, seed: 5))])
        let report = try await compare(reference, other, matrix)
        #expect(report.tensors.map(\.importance) == [name])
      }
    }
    // The name in the checkpoint comes first.
    let matrix = ImportanceMatrix([
      .init(name: stored, weights: [1]), .init(name: long, weights: weights(128, seed: 5)),
    ])
    #expect(try await compare(target, source, matrix).tensors.map(\.importance) == [long])
  }

  @Test func aMatrixOfAnotherModelIsRefused() async throws {
    let folder = try TemporaryFolder()
    let file = try folder.safetensors([
      SourceTensor("w", [2, 32], normalValues(64, seed: 6)), SourceTensor("v", [2], [1, 2]),
      SourceTensor("i", "I64", [1], [1, 0, 0, 0, 0, 0, 0, 0]),
    ])
    for entry in [
      ImportanceMatrix.Entry(name: "w", weights: weights(31, seed: 7)),
      .init(name: "w", weights: weights(64, seed: 7), expertCount: 2),
      .init(name: "x", weights: weights(32, seed: 7)), .init(name: "i", weights: [1]),
    ] {
      await expectRefusal { try await compare(file, file, ImportanceMatrix([entry])) }
    }
    let matrix = ImportanceMatrix([.init(name: "w", weights: weights(32, seed: 7))])
    await expectRefusal { try await compare(file, file, tensor: "v", matrix) }
    #expect(try await compare(file, file, tensor: "w", matrix).weightedTotal?.squaredError == 0)
  }

  @Test func emptyTensorsNeedNoWeights() async throws {
    let folder = try TemporaryFolder()
    let file = try folder.safetensors([SourceTensor("e", [0, 3], []), SourceTensor("w", [1], [1])])
    let report = try await compare(
      file, file, ImportanceMatrix([.init(name: "w", weights: [2])]), histogram: true)
    #expect(report.unweighted == ["e"])
    #expect(report.histogram?.valueCount == 1 && report.histogram?.equalCount == 1)
    await expectRefusal { try await compare(file, file, ImportanceMatrix([.init(name: "e", weights: [2])])) }
  }

  @Test func theHistogramHoldsTheRealNumbersOfAllTensors() async throws {
    let folder = try TemporaryFolder()
    let number = SourceTensor("i", "I64", [1], [1, 0, 0, 0, 0, 0, 0, 0])
    let two = SourceTensor("i", "I64", [1], [2, 0, 0, 0, 0, 0, 0, 0])
    let left = try folder.safetensors(
      [SourceTensor("a", [1, 2], [4, 4]), SourceTensor("b", [2], [1024, 1024]), number], name: "l")
    let right = try folder.safetensors(
      [SourceTensor("a", [1, 2], [4, 5]), SourceTensor("b", [2], [1024, 512]), two], name: "r")
    let all = try #require(try await compare(left, right, histogram: true).histogram)
    #expect(all.lowestLevel == -8 && all.counts == [1, 0, 0, 0, 1] && all.equalCount == 2)
    let one = try #require(try await compare(left, right, tensor: "b", histogram: true).histogram)
    #expect(one.lowestLevel == -4 && one.counts == [1] && one.equalCount == 1)
    let none = try #require(try await compare(left, right, tensor: "i", histogram: true).histogram)
    #expect(none.valueCount == 0)
  }
}
