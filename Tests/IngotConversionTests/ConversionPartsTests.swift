import IngotCheckpoints
import IngotContainer
import IngotEncodings
import IngotFiles
import IngotModel
import IngotSeal
import IngotTestSupport
import SystemPackage
import Testing

@testable import IngotConversion

// `spec/conversion.md`, clause V5.
@Suite struct ConversionPartsTests {
  /// A checkpoint whose tensors have these numbers of values, 32 bytes of data each.
  private func checkpoint(_ rows: [Int], in folder: TemporaryFolder) throws -> any Checkpoint {
    let tensors = rows.enumerated().map { index, count in
      SourceTensor("t\(index)", [count, 64], normalValues(count * 64, seed: UInt64(index + 1)))
    }
    return try Checkpoints.open(try folder.safetensors(tensors))
  }

  private func parts(
    _ rows: [Int], _ count: Int, _ options: ConversionOptions = ConversionOptions(),
    in folder: TemporaryFolder
  ) throws -> ConversionParts {
    try ConversionParts(
      of: ConversionPlan(checkpoint(rows, in: folder), options: options), count: count)
  }

  @Test(arguments: [
    ([1, 1, 1, 1, 1, 1], 3, [2, 2, 2]), ([9, 1, 1, 1], 2, [1, 3]), ([1, 1, 1, 9], 2, [3, 1]),
    ([1, 1, 1, 1, 1], 2, [2, 3]), ([1, 9, 1], 3, [1, 1, 1]), ([9, 1, 1], 3, [1, 1, 1]),
    ([0, 0, 0, 1], 2, [3, 1]), ([0, 0, 0], 3, [1, 1, 1]), ([5, 5], 1, [2]), ([3, 3, 4, 0, 0], 2, [2, 3]),
  ])
  func cutsDivideTheBytesEvenly(rows: [Int], count: Int, expected: [Int]) throws {
    let folder = try TemporaryFolder()
    let parts = try parts(rows, count, in: folder)
    #expect(parts.ranges.map(\.count) == expected)
    #expect(parts.ranges.flatMap(Array.init) == Array(rows.indices))
  }

  @Test func moreFilesThanTensorsAreRefused() throws {
    let folder = try TemporaryFolder()
    #expect {
      _ = try parts([1, 1], 3, in: folder)
    } throws: {
      ($0 as? ConversionError)?.code == .layout
    }
  }

  @Test func partsMadeAloneAreThoseMadeTogetherAndOneModel() async throws {
    let folder = try TemporaryFolder()
    let source = try checkpoint([3, 1, 4, 1, 5, 9, 2, 6], in: folder)
    let options = ConversionOptions(target: .encoding(.q8_0), alignment: 64)
    let plan = try ConversionPlan(source, options: options)
    let parts = try ConversionParts(of: plan, count: 3)
    let names = (0..<3).map { SplitName(prefix: "model", index: $0, count: 3).fileName }
    let report = try await ConversionPipeline(plan, from: source, threads: 2)
      .run(parts, to: names.map { folder.path($0) })
    #expect(report.outputs.map(\.path) == names.map { folder.path($0) })
    #expect(report.byteCount == UInt64(try names.map { try folder.bytes(of: $0).count }.reduce(0, +)))
    for index in [2, 0, 1] {
      let part = try parts.plan(index)
      _ = try await ConversionPipeline(part, from: source, threads: 1)
        .run(to: folder.path("alone"), overwrite: true)
      #expect(try folder.bytes(of: "alone") == folder.bytes(of: names[index]))
      #expect(part.byteCount == UInt64(try folder.bytes(of: "alone").count))
    }

    _ = try await ConversionPipeline(plan, from: source, threads: 2).run(to: folder.path("whole.gguf"))
    let set = try ModelFile(opening: folder.path(names[1]))
    let whole = try ModelFile(opening: folder.path("whole.gguf"))
    #expect(set.shards.map { $0.header.alignment } == [64, 64, 64])
    #expect(set.tensors.map(\.name) == whole.tensors.map(\.name))
    for (left, right) in zip(set.tensors, whole.tensors) { #expect(try left.values() == right.values()) }
    for (key, value) in whole.metadata { #expect(set.metadata[key] == value) }
    #expect(try SplitPosition(set.metadata) == SplitPosition(index: 0, count: 3, tensorCount: 8))
    #expect(
      Set(set.shards[2].header.metadata.keys) == [
        "general.alignment", "split.no", "split.count", "split.tensors.count",
      ])
  }

  @Test(arguments: SealDigest.allCases)
  func aSetThatIsSealedAsItIsWrittenEqualsOneSealedAfterwards(_ digest: SealDigest) async throws {
    let folder = try TemporaryFolder()
    let source = try checkpoint([30, 10, 40], in: folder)
    let plan = try ConversionPlan(source)
    let parts = try ConversionParts(of: plan, count: 2)
    func paths(_ set: String) -> [FilePath] {
      (0..<2).map { folder.path(SplitName(prefix: set, index: $0, count: 2).fileName) }
    }
    let pipeline = ConversionPipeline(plan, from: source, threads: 2)
    _ = try await pipeline.run(parts, to: paths("sealed"), sealing: digest)
    #expect(try await ModelVerifier().verify(paths("sealed")[0]).allSatisfy { $0.isValid })
    _ = try await pipeline.run(parts, to: paths("plain"))
    _ = try await ModelSealer(digest: digest).seal(paths("plain")[1])
    for (left, right) in zip(paths("sealed"), paths("plain")) {
      #expect(try TestData.bytes(at: left) == TestData.bytes(at: right))
    }
  }

  @Test func aSetAppearsCompleteOrNotAtAllWhicheverCallFails() async throws {
    let folder = try TemporaryFolder()
    let source = try checkpoint([3, 1, 4], in: folder)
    let plan = try ConversionPlan(source)
    let parts = try ConversionParts(of: plan, count: 3)
    let targets = (0..<3).map { folder.path("set-\($0)") }
    let pipeline = ConversionPipeline(plan, from: source, threads: 1)
    let before = try folder.names()
    var failures = 0
    for index in 0... {
      let calls = FaultyCalls { call, at in
        // What is closed or removed is so in any case, and where space cannot be reserved, it is not.
        at == index && ![.close, .unlink].contains(call) ? .fail(.noSpace) : nil
      }
      do {
        _ = try await pipeline.run(parts, to: targets, sealing: .crc32, calls: calls)
        // All that is made has been made to fail.
        if index >= calls.calls.count { break }
        for target in targets { _ = try calls.unlink(target) }
      } catch {
        failures += 1
        let names = try folder.names()
        if (error as? FileError)?.code == .notDurable {
          #expect(names.count == before.count + 3)
          for target in targets { _ = try calls.unlink(target) }
        } else {
          #expect(names == before, "after call \(index), \(calls.calls[index])")
        }
      }
    }
    #expect(failures > 20)
  }

  @Test func aFileThatStandsThereIsFoundBeforeTheWork() async throws {
    let folder = try TemporaryFolder()
    let source = try checkpoint([3, 1, 4], in: folder)
    let parts = try ConversionParts(of: ConversionPlan(source), count: 2)
    _ = try folder.write([1], to: "b")
    let calls = FaultyCalls { _, _ in nil }
    await #expect {
      _ = try await ConversionPipeline(ConversionPlan(source), from: source, threads: 1)
        .run(parts, to: [folder.path("a"), folder.path("b")], calls: calls)
    } throws: {
      ($0 as? FileError)?.code == .exists
    }
    #expect(!calls.calls.contains(.write))
    #expect(try folder.names() == ["b", "model.safetensors"])
  }
}

// What goes wrong in the middle of the work.
extension ConversionPartsTests {
  @Test func oneTensorIsCountedAsOne() throws {
    let folder = try TemporaryFolder()
    #expect {
      _ = try parts([3], 2, in: folder)
    } throws: { error in
      let error = error as? ConversionError
      return error?.code == .layout
        && error?.description == "1 tensor cannot be cut into 2 files: each has at least one"
    }
  }

  @Test func aSourceThatIsCutMeanwhileLeavesNothing() async throws {
    let folder = try TemporaryFolder()
    let source = try checkpoint([300, 1, 400], in: folder)
    let plan = try ConversionPlan(source, options: ConversionOptions(target: .encoding(.q8_0)))
    let parts = try ConversionParts(of: plan, count: 2)
    try folder.truncate("model.safetensors", to: try folder.bytes(of: "model.safetensors").count - 1000)
    let pipeline = ConversionPipeline(plan, from: source, threads: 2)
    func isCut(_ error: any Error) -> Bool { (error as? FileError)?.code == .shrunk }
    await #expect {
      _ = try await pipeline.run(parts, to: [folder.path("a"), folder.path("b")])
    } throws: { isCut($0) }
    await #expect {
      _ = try await pipeline.run(to: folder.path("a"))
    } throws: { isCut($0) }
    #expect(try folder.names() == ["model.safetensors"])
    // The part whose tensors are all there can still be made.
    _ = try await ConversionPipeline(parts.plan(0), from: source, threads: 2).run(to: folder.path("a"))
    #expect(try folder.names() == ["a", "model.safetensors"])
  }

  @Test(arguments: [Errno.notSupported, .noFunction, .invalidArgument])
  func whereSpaceCannotBeReservedTheFilesAreTheSame(_ errno: Errno) async throws {
    let folder = try TemporaryFolder()
    let source = try checkpoint([30, 1, 40], in: folder)
    let plan = try ConversionPlan(source)
    let parts = try ConversionParts(of: plan, count: 2)
    let pipeline = ConversionPipeline(plan, from: source, threads: 2)
    let calls = FaultyCalls { call, _ in call == .reserve ? .fail(errno) : nil }
    _ = try await pipeline.run(parts, to: [folder.path("a"), folder.path("b")], calls: calls)
    _ = try await pipeline.run(parts, to: [folder.path("c"), folder.path("d")])
    #expect(try folder.bytes(of: "a") == folder.bytes(of: "c"))
    #expect(try folder.bytes(of: "b") == folder.bytes(of: "d"))
  }

  @Test func aFullDiskIsFoundBeforeTheWork() async throws {
    let folder = try TemporaryFolder()
    let source = try checkpoint([30, 1, 40], in: folder)
    let plan = try ConversionPlan(source)
    let calls = FaultyCalls { call, _ in call == .reserve ? .fail(.noSpace) : nil }
    await #expect {
      _ = try await ConversionPipeline(plan, from: source, threads: 2)
        .run(ConversionParts(of: plan, count: 2), to: [folder.path("a"), folder.path("b")], calls: calls)
    } throws: {
      ($0 as? FileError)?.code == .noSpace
    }
    #expect(!calls.calls.contains(.write))
    #expect(try folder.names() == ["model.safetensors"])
  }

  @Test(arguments: [1 << 20, 3 << 20, 1 << 28]) func memoryDoesNotChangeTheOutput(memory: Int) async throws {
    let folder = try TemporaryFolder()
    let source = try checkpoint([5000, 3, 1200], in: folder)
    let options = ConversionOptions(target: .encoding(.q4_0))
    let plan = try ConversionPlan(source, options: options)
    _ = try await ConversionPipeline(plan, from: source, threads: 3, memoryByteCount: memory)
      .run(to: folder.path("a"))
    _ = try await ConversionPipeline(plan, from: source, threads: 1).run(to: folder.path("b"))
    #expect(try folder.bytes(of: "a") == folder.bytes(of: "b"))
  }
}
