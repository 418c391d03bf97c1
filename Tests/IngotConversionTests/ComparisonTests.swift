import IngotCheckpoints
import IngotContainer
import IngotEncodings
import IngotTestSupport
import SystemPackage
import Testing

@testable import IngotConversion

@Suite struct ComparisonTests {
  private func compare(
    _ reference: FilePath, _ other: FilePath, tensor: String? = nil, threads: Int = 2
  ) async throws -> ComparisonReport {
    try await Comparison(Checkpoints.open(reference), with: Checkpoints.open(other), tensor: tensor)
      .run(threads: threads)
  }

  @Test func errorsAreThoseOfTheWholeTensor() async throws {
    let folder = try TemporaryFolder()
    let values = normalValues(700 * 384, seed: 1)
    var changed = values
    changed[5 * 384 + 7] += 0.5
    changed[699 * 384] -= 2
    let report = try await compare(
      try folder.safetensors([SourceTensor("w", [700, 384], values)], name: "a"),
      try folder.safetensors([SourceTensor("w", [700, 384], changed)], name: "b"))
    let tensor = try #require(report.tensors.first)
    #expect(tensor.measure.count == values.count)
    #expect(abs(tensor.measure.squaredError - 4.25) < 1e-5)
    #expect(abs(tensor.measure.largestAbsoluteError - 2) < 1e-6)
    #expect(tensor.worstRow?.index == 699)
    #expect(report.total == tensor.measure)
  }

  @Test func aTensorEqualsItself() async throws {
    let folder = try TemporaryFolder()
    let file = try folder.safetensors([SourceTensor("w", [9, 32], normalValues(288, seed: 2))])
    let report = try await compare(file, file)
    #expect(report.total.squaredError == 0)
    #expect(report.total.cosineSimilarity == 1)
    #expect(report.tensors.first?.worstRow == TensorComparison.WorstRow(index: 0, relativeError: 0))
  }

  @Test func rowsAreFoundWhereverStretchesAreCut() throws {
    // Rows of 5 values, errors added in stretches of any length, against row by row.
    var generator = SeededGenerator(seed: 20_261_123)
    for round in 0..<200 {
      let rowLength = Int.random(in: 1...9, using: &generator)
      let rows = Int.random(in: 1...12, using: &generator)
      let reference = normalValues(rowLength * rows, seed: UInt64(round))
      let other = normalValues(rowLength * rows, seed: UInt64(round) + 1000)
      var expected = RowErrors()
      for row in 0..<rows {
        let range = row * rowLength..<(row + 1) * rowLength
        expected.append(
          ErrorMeasure(reference: reference[range].span, other: other[range].span), row: row, isWhole: true)
      }
      var found = RowErrors()
      var position = 0
      while position < reference.count {
        let end = min(reference.count, position + Int.random(in: 1...20, using: &generator))
        found.append(
          Comparison.rowErrors(
            reference[position..<end].span, other[position..<end].span, firstElement: position,
            rowLength: rowLength))
        position = end
      }
      let (expectedTotal, expectedWorst) = expected.finish()
      let (foundTotal, foundWorst) = found.finish()
      #expect(foundWorst?.index == expectedWorst?.index, "round \(round)")
      #expect(foundTotal.count == expectedTotal.count)
      #expect(abs(foundTotal.squaredError - expectedTotal.squaredError) <= 1e-9 * expectedTotal.squaredError)
    }
  }

  @Test func theResultDoesNotDependOnThreads() async throws {
    let folder = try TemporaryFolder()
    let values = normalValues(WorkUnits.elementLimit * 2 + 640, seed: 3)
    let source = try folder.safetensors([SourceTensor("w", [values.count / 64, 64], values)])
    let target = folder.path("out.gguf")
    try await convert(source, to: target, ConversionOptions(target: .encoding(.q4_0)))
    let one = try await compare(source, target, threads: 1)
    let many = try await compare(source, target, threads: 5)
    #expect(one.total == many.total)
    #expect(one.tensors.first?.worstRow == many.tensors.first?.worstRow)
  }

  @Test func changedNamesAndShapesAreUndone() async throws {
    let folder = try TemporaryFolder()
    let long = String(repeating: "encoder.", count: 12) + "weight"
    let source = try folder.safetensors([
      SourceTensor(long, [2, 1, 2, 3, 64], normalValues(768, seed: 4)),
      SourceTensor("scalar", [], [3]),
      SourceTensor(
        "complex", "C64", [2, 3], normalValues(12, seed: 5).flatMap { withUnsafeBytes(of: $0, Array.init) }),
    ])
    let target = folder.path("out.gguf")
    try await convert(source, to: target)
    for (reference, other) in [(source, target), (target, source)] {
      let report = try await compare(reference, other)
      #expect(report.tensors.map(\.name) == [long, "scalar", "complex"])
      #expect(report.tensors.map(\.shape) == [[2, 1, 2, 3, 64], [], [2, 3]])
      #expect(report.total.squaredError == 0)
      #expect(report.onlyInReference.isEmpty && report.onlyInOther.isEmpty && report.differentShapes.isEmpty)
    }
  }

  @Test func whatOnlyOneFileHoldsIsListed() async throws {
    let folder = try TemporaryFolder()
    let left = try folder.safetensors(
      [
        SourceTensor("both", [2], [1, 2]), SourceTensor("left", [1], [1]),
        SourceTensor("shape", [2], [1, 2]),
      ], name: "a")
    let right = try folder.safetensors(
      [
        SourceTensor("right", [1], [1]), SourceTensor("both", [2], [1, 2]),
        SourceTensor("shape", [1, 2], [1, 2]),
      ], name: "b")
    let report = try await compare(left, right)
    #expect(report.tensors.map(\.name) == ["both"])
    #expect(report.onlyInReference == ["left"])
    #expect(report.onlyInOther == ["right"])
    #expect(report.differentShapes.map(\.name) == ["shape"])
  }

  @Test func nothingInCommonIsAnError() async throws {
    let folder = try TemporaryFolder()
    let left = try folder.safetensors([SourceTensor("a", [1], [1])], name: "a")
    let right = try folder.safetensors([SourceTensor("b", [1], [1])], name: "b")
    await #expect {
      try await compare(left, right)
    } throws: { error in
      let error = error as? ConversionError
      return error?.code == .nothingToDo && error?.description.hasSuffix("tensor name in common") == true
    }
    let header = try ContainerHeader(metadata: [:], tensors: [("blk.0.a", [2], .f32)])
    try folder.write(header.encoded() + [UInt8](repeating: 0, count: 32), to: "m.gguf")
    for (left, right) in [(left, folder.path("m.gguf")), (folder.path("m.gguf"), left)] {
      await #expect {
        try await compare(left, right)
      } throws: { error in
        let error = error as? ConversionError
        return error?.code == .nothingToDo
          && error?.description.hasSuffix(
            "in common: name the folder of the model as the reference, or export the GGUF file first") == true
      }
    }
    await #expect {
      try await compare(left, left, tensor: "c")
    } throws: {
      ($0 as? ConversionError)?.code == .noSuchTensor
    }
  }

  @Test func emptyTensorsAreEqual() async throws {
    let folder = try TemporaryFolder()
    let file = try folder.safetensors([SourceTensor("e", [0, 3], []), SourceTensor("w", [1], [1])])
    let report = try await compare(file, file)
    #expect(report.tensors.map(\.name) == ["e", "w"])
    #expect(report.tensors[0].worstRow == nil)
  }
}
