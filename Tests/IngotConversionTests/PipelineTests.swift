import IngotCheckpoints
import IngotContainer
import IngotEncodings
import IngotFiles
import IngotModel
import IngotTestSupport
import SystemPackage
import Testing

@testable import IngotConversion

// `spec/conversion.md`, clauses V3 and V4.
@Suite struct PipelineTests {
  @Test func theOutputIsTheSameForAnyNumberOfThreads() async throws {
    let folder = try TemporaryFolder()
    // One tensor of several units, some that share a unit, one that is empty.
    let large = normalValues(3 * WorkUnits.elementLimit / 2 + 512, seed: 1)
    let source = try folder.safetensors([
      SourceTensor("large", [large.count / 512, 512], large),
      SourceTensor("empty", [0, 64], []),
      SourceTensor("bias", [5], [1, 2, 3, 4, 5]),
      SourceTensor("small", [2, 64], normalValues(128, seed: 2)),
      SourceTensor("ids", "I64", [1, 3], Array(0..<24)),
    ])
    let options = ConversionOptions(target: .encoding(.q8_0))
    var outputs: [[UInt8]] = []
    for threads in [1, 2, 7] {
      let target = folder.path("\(threads).gguf")
      try await convert(source, to: target, options, threads: threads)
      outputs.append(try TestData.bytes(at: target))
    }
    #expect(outputs[0] == outputs[1] && outputs[1] == outputs[2])

    let model = try ModelFile(opening: folder.path("1.gguf"))
    #expect(model.tensors.map(\.name) == ["large", "empty", "bias", "small", "ids"])
    try #require(model.tensor("large")).withBlocks(rows: 0..<(large.count / 512)) { blocks in
      let expected = try encoded(large, .q8_0)
      #expect(blocks.withUnsafeBytes { $0.elementsEqual(expected) })
    }
    #expect(try #require(model.tensor("bias")).values() == [1, 2, 3, 4, 5])
  }

  @Test(arguments: [32, 4096]) func manySmallTensorsArePaddedToTheAlignment(alignment: Int) async throws {
    let folder = try TemporaryFolder()
    let tensors = (0..<1500).map {
      SourceTensor("t\($0)", [$0 % 7, 3], [Float](repeating: Float($0), count: $0 % 7 * 3))
    }
    let source = try folder.safetensors(tensors)
    let target = folder.path("out.gguf")
    let plan = try await convert(source, to: target, ConversionOptions(alignment: alignment))
    let model = try ModelFile(opening: target)
    #expect(try TestData.bytes(at: target).count == Int(plan.byteCount))
    for (index, tensor) in model.tensors.enumerated() {
      #expect(tensor.byteRange.lowerBound % UInt64(alignment) == 0)
      #expect(try tensor.values().allSatisfy { $0 == Float(index) })
    }
  }

  @Test func widenedTypesKeepEveryValue() async throws {
    let folder = try TemporaryFolder()
    let source = try folder.safetensors([
      SourceTensor("u8", "U8", [2, 2], [0, 1, 128, 255]),
      SourceTensor("u32", "U32", [1], [255, 255, 255, 255]),
      SourceTensor("bool", "BOOL", [2], [0, 1]),
      SourceTensor("f8", "F8_E4M3", [2, 2], [0x38, 0xB8, 0x01, 0x7E]),
      SourceTensor("f4", "F4", [2, 3], [0x10, 0x32, 0xF7]),
    ])
    let target = folder.path("out.gguf")
    try await convert(source, to: target)
    let model = try ModelFile(opening: target)
    #expect(try #require(model.tensor("u8")).values() == [0, 1, 128, 255])
    #expect(try #require(model.tensor("u32")).encoding == .i64)
    #expect(try #require(model.tensor("u32")).values() == [4_294_967_296])  // 2^32 - 1 to the nearest Float32
    #expect(try #require(model.tensor("bool")).values() == [0, 1])
    #expect(try #require(model.tensor("f8")).values() == [1, -1, 0.001953125, 448])
    #expect(try #require(model.tensor("f4")).values() == [0, 0.5, 1, 1.5, 6, -6])
  }

  @Test func anIntegerThatDoesNotFitIsRefusedAndNothingIsWritten() async throws {
    let folder = try TemporaryFolder()
    let source = try folder.safetensors([
      SourceTensor("u64", "U64", [2], [UInt8](repeating: 0, count: 15) + [0x80])
    ])
    await #expect {
      _ = try await convert(source, to: folder.path("out.gguf"))
    } throws: { error in
      let error = error as? ConversionError
      return error?.code == .overflow && error?.tensor == "u64"
        && "\(error as Any)".contains("element 1 is 9223372036854775808")
    }
    #expect(try folder.names() == ["model.safetensors"])
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity])
  func whatIsQuantizedMustBeFinite(value: Float) async throws {
    let folder = try TemporaryFolder()
    var values = normalValues(WorkUnits.elementLimit + 5 * 64, seed: 3)
    values[WorkUnits.elementLimit + 2 * 64 + 33] = value
    let source = try folder.safetensors([SourceTensor("w", [values.count / 64, 64], values)])
    let row = WorkUnits.elementLimit / 64 + 2
    for encoding in [Encoding.q8_0, .q4_0, .q4_1, .q2_0] {
      await #expect {
        try await convert(
          source, to: folder.path("out.gguf"), ConversionOptions(target: .encoding(encoding)))
      } throws: { error in
        let error = error as? ConversionError
        return error?.code == .notFinite && error?.tensor == "w"
          && error?.description.contains("row \(row), column 33") == true
      }
    }
    #expect(try folder.names() == ["model.safetensors"])
    for encoding in [Encoding.f16, .bf16, .f32] {
      let target = folder.path("\(encoding).gguf")
      try await convert(source, to: target, ConversionOptions(target: .encoding(encoding)))
      let found = try #require(try ModelFile(opening: target).tensor("w")).values(rows: row..<(row + 1))[33]
      #expect(found == value || found.isNaN && value.isNaN)
    }
  }

  @Test func aValueTooLargeForTheEncodingIsRefused() async throws {
    let folder = try TemporaryFolder()
    var values = normalValues(4 * 50, seed: 4)
    values[101] = -70000
    let source = try folder.safetensors([SourceTensor("w", [4, 50], values)])
    await #expect {
      // Rows of 50 fall back to F16, which ends at 65504.
      try await convert(
        source, to: folder.path("out.gguf"), ConversionOptions(target: .encoding(.q8_0)))
    } throws: { error in
      let error = error as? ConversionError
      return error?.code == .overflow && error?.description.contains("row 2, column 1") == true
    }
    #expect(try folder.names() == ["model.safetensors"])
  }

  @Test func aCopyOfACanonicalContainerIsIdentical() async throws {
    let folder = try TemporaryFolder()
    let source = try folder.safetensors([
      SourceTensor("w", [4, 256], normalValues(1024, seed: 5)), SourceTensor("b", [3], [1, 2, 3]),
    ])
    for encoding in [Encoding.q4_0, .tq1_0, .f16] {
      let (first, second) = (folder.path("1"), folder.path("2"))
      try await convert(
        source, to: first, ConversionOptions(target: .encoding(encoding), alignment: 128), overwrite: true)
      try await convert(first, to: second, overwrite: true)
      #expect(try TestData.bytes(at: first) == TestData.bytes(at: second))
    }
  }

  @Test func aContainerIsEncodedAnewFromItsDecodedValues() async throws {
    let folder = try TemporaryFolder()
    let values = normalValues(1024, seed: 6)
    let source = try folder.safetensors([SourceTensor("w", [4, 256], values)])
    let (first, second) = (folder.path("q8.gguf"), folder.path("q4.gguf"))
    try await convert(source, to: first, ConversionOptions(target: .encoding(.q8_0)))
    try await convert(first, to: second, ConversionOptions(target: .encoding(.q4_0)))
    let decoded = try #require(try ModelFile(opening: first).tensor("w")).values()
    try #require(try ModelFile(opening: second).tensor("w")).withBlocks(rows: 0..<4) { blocks in
      let expected = try encoded(decoded, .q4_0)
      #expect(blocks.withUnsafeBytes { $0.elementsEqual(expected) })
    }
    #expect(try ModelFile(opening: second).metadata["general.file_type"] == .uint32(2))
  }

  @Test func anOutputThatExistsIsReplacedOnlyWhenAsked() async throws {
    let folder = try TemporaryFolder()
    let source = try folder.safetensors([SourceTensor("w", [1, 2], [1, 2])])
    let target = try folder.write([1, 2, 3], to: "out.gguf")
    await #expect {
      _ = try await convert(source, to: target)
    } throws: {
      ($0 as? FileError)?.code == .exists
    }
    #expect(try TestData.bytes(at: target) == [1, 2, 3])
    try await convert(source, to: target, overwrite: true)
    #expect(try ModelFile(opening: target).tensors.count == 1)
    #expect(try folder.names() == ["model.safetensors", "out.gguf"])
  }

  @Test func aSourceIsNeverTheTarget() async throws {
    let folder = try TemporaryFolder()
    let source = try folder.safetensors([SourceTensor("w", [1, 2], [1, 2])])
    let before = try TestData.bytes(at: source)
    await #expect {
      _ = try await convert(source, to: source, overwrite: true)
    } throws: {
      ($0 as? FileError)?.code == .sameFile
    }
    #expect(try TestData.bytes(at: source) == before)
  }

  @Test func cancellationLeavesNothingBehind() async throws {
    let folder = try TemporaryFolder()
    let source = try folder.safetensors([SourceTensor("w", [4000, 256], normalValues(4000 * 256, seed: 7))])
    let checkpoint = try Checkpoints.open(source)
    let plan = try ConversionPlan(checkpoint, options: ConversionOptions(target: .encoding(.q4_0)))
    let pipeline = ConversionPipeline(plan, from: checkpoint, threads: 2)
    let target = folder.path("out.gguf")
    let task = Task {
      try await pipeline.run(to: target) { _ in withUnsafeCurrentTask { $0?.cancel() } }
    }
    await #expect(throws: CancellationError.self) { try await task.value }
    #expect(try folder.names() == ["model.safetensors"])
  }

  @Test func everySystemCallThatFailsLeavesTheOldFile() async throws {
    let folder = try TemporaryFolder()
    let source = try folder.safetensors([SourceTensor("w", [4, 64], normalValues(256, seed: 8))])
    let checkpoint = try Checkpoints.open(source)
    let plan = try ConversionPlan(checkpoint, options: ConversionOptions(target: .encoding(.q4_0)))
    let pipeline = ConversionPipeline(plan, from: checkpoint, threads: 2)
    let target = try folder.write([1, 2, 3], to: "out.gguf")
    let counting = FaultyCalls { _, _ in nil }
    _ = try await pipeline.run(to: target, overwrite: true, calls: counting)
    let converted = try TestData.bytes(at: target)
    for failing in counting.calls.indices {
      _ = try folder.write([1, 2, 3], to: "out.gguf")
      let faulty = FaultyCalls { _, index in index == failing ? .fail(.ioError) : nil }
      do {
        _ = try await pipeline.run(to: target, overwrite: true, calls: faulty)
        // A call whose failure does no harm, such as that of closing: the whole file must be there.
        #expect(try TestData.bytes(at: target) == converted)
      } catch {
        #expect(error is FileError, "call \(failing), \(counting.calls[failing])")
        let left = try TestData.bytes(at: target)
        #expect(left == [1, 2, 3] || left == converted)
      }
      #expect(
        try folder.names() == ["model.safetensors", "out.gguf"], "call \(failing), \(counting.calls[failing])"
      )
    }
  }

  @Test func progressEndsWithEverythingDone() async throws {
    let folder = try TemporaryFolder()
    let source = try folder.safetensors([
      SourceTensor("w", [4000, 64], normalValues(256_000, seed: 9)), SourceTensor("b", [3], [1, 2, 3]),
    ])
    let checkpoint = try Checkpoints.open(source)
    let plan = try ConversionPlan(checkpoint, options: ConversionOptions(target: .encoding(.q8_0)))
    var states: [ConversionProgress] = []
    _ = try await ConversionPipeline(plan, from: checkpoint, threads: 2)
      .run(to: folder.path("out.gguf")) { states.append($0) }
    #expect(states.count > 1)
    #expect(zip(states, states.dropFirst()).allSatisfy { $0.completedByteCount < $1.completedByteCount })
    #expect(states.last?.completedByteCount == plan.byteCount)
    #expect(states.last?.completedTensors == 2)
  }
}
