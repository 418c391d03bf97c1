import IngotCheckpoints
import IngotContainer
import IngotEncodings
import IngotFiles
import IngotTestSupport
import SystemPackage
import Testing

@testable import IngotConversion

/// Headers, directories and indexes that are written in pieces, and tensors that are described when they are asked for.
@Suite struct ManyTensorsTests {
  private static let count = 3000

  private static func name(_ index: Int) -> String { "layers.\(index)\u{e9}\"\\\u{1}.weight" }

  /// A checkpoint whose tensors do not stand in the order of their names.
  private func checkpoint(in folder: TemporaryFolder) throws -> any Checkpoint {
    let escaped = (0..<Self.count).reversed().map { "layers.\($0)\u{e9}\\\"\\\\\\u0001.weight" }
    return try Checkpoints.open(
      try folder.safetensors(
        escaped.enumerated().map { index, name in SourceTensor(name, [1, 1], [Float(index)]) }))
  }

  private func expectAll(_ found: any Checkpoint) throws {
    #expect(found.tensors.count == Self.count && found.warnings.isEmpty)
    for index in 0..<Self.count {
      let tensor = try #require(found.tensor(named: Self.name(index)))
      var value: Float = 0
      try withUnsafeMutableBytes(of: &value) { try found.read(tensor, bytes: 0..<4, into: $0) }
      #expect(tensor.shape == [1, 1] && value == Float(Self.count - 1 - index))
    }
  }

  @Test func aHeaderInPiecesHoldsAllTensorsInTheOrderOfTheirNames() async throws {
    let folder = try TemporaryFolder()
    let plan = try ExportPlan(checkpoint(in: folder), format: .safetensors)
    let output = folder.path("out.safetensors")
    _ = try await ExportPipeline(plan, threads: 2).run(to: .file(output, .safetensors))
    let found = try Checkpoints.open(output)
    try expectAll(found)
    #expect(found.tensors[0].location.offset > 1 << 17, "more than one piece")
    let names = found.tensors.map { Array($0.name.utf8) }
    #expect(names == names.sorted { $0.lexicographicallyPrecedes($1) })
    #expect(plan.tensors.map { Array($0.name.utf8) } == names)
  }

  @Test func aDirectoryInPiecesHoldsAllTensors() async throws {
    let folder = try TemporaryFolder()
    let source = try Checkpoints.open(
      try folder.safetensors(
        (0..<Self.count).map { SourceTensor("layers.\(Self.count - 1 - $0).weight", [1, 1], [Float($0)]) }))
    let plan = try ExportPlan(source, format: .npz)
    let output = folder.path("out.npz")
    _ = try await ExportPipeline(plan, threads: 2).run(to: .file(output, .npz))
    let found = try Checkpoints.open(output)
    #expect(found.tensors.map(\.name) == source.tensors.map(\.name) && found.warnings.isEmpty)
  }

  @Test func anIndexInPiecesNamesTheFileOfEachTensor() async throws {
    let folder = try TemporaryFolder()
    let plan = try ExportPlan(checkpoint(in: folder), format: .safetensors)
    let output = folder.path("out")
    _ = try await ExportPipeline(plan, threads: 2).run(to: .folder(output, shardByteCount: 4 * 1700))
    #expect(try Folder.names(in: output).count == 3)
    try expectAll(try Checkpoints.open(output))
  }

  /// A container with two tensors of one value each that says what they were.
  private func container(names: [String], in folder: TemporaryFolder) throws -> any Checkpoint {
    let header = try ContainerHeader(
      metadata: [
        OriginalTensors.storedKey: .array(MetadataArray(["a", "b"])),
        OriginalTensors.nameKey: .array(MetadataArray(names)),
        OriginalTensors.typeKey: .array(MetadataArray(["F32", "F32"])),
        OriginalTensors.shapeKey: .array(MetadataArray(["[1,1]", "[1]"])),
      ], tensors: [("a", [1], .f32), ("b", [1], .f32)])
    return try Checkpoints.open(
      try folder.write(header.encoded() + [UInt8](repeating: 0, count: 64), to: "model.gguf"))
  }

  @Test func twoTensorsOfOneFormerNameAreRefused() throws {
    let source = try container(names: ["x", "x"], in: TemporaryFolder())
    #expect(RestoredTensors(source).index(of: "x") == 1)
    #expect(RestoredTensors(source).index(of: "a") == nil)
    #expect { try ExportPlan(source, format: .safetensors) } throws: {
      let error = $0 as? ConversionError
      return error?.code == .layout && error?.tensor == "b"
        && "\($0)".contains(#""a" and "b" would both become "x""#)
    }
  }

  @Test func tensorsThatChangedNamesAreFoundByTheFormerOnes() throws {
    let source = try container(names: ["b", "a"], in: TemporaryFolder())
    let restored = RestoredTensors(source)
    #expect(restored.index(of: "b") == 0 && restored.index(of: "a") == 1)
    #expect(restored.tensor(storedAs: "a")?.name == "b" && restored.tensor(named: "b")?.shape == [1, 1])
    let plan = try ExportPlan(source, format: .safetensors)
    #expect(plan.tensors.map(\.name) == ["a", "b"] && plan.tensors.map(\.source) == ["b", "a"])
  }

  /// Experts are described when they are asked for: clause X2.4.
  @Test func whatIsUnstackedStandsAmongOtherTensors() throws {
    func tensor(_ name: String, _ shape: [Int]) -> CheckpointTensor {
      CheckpointTensor(name: name, shape: shape, type: .float32, location: .init(file: 0, offset: 0))
    }
    func plain(_ name: String) -> DerivedTensor {
      DerivedTensor(
        label: name, name: name, shape: [2], type: .float32, origin: .rows([tensor(name, [2])], .all),
        change: nil)
    }
    var derived = DerivedTensors([plain("first")], of: CheckpointTensors())
    derived.append(try #require(UnstackedTensor(tensor("none", [0, 2]), named: "none.{expert}")))
    derived.append(try #require(UnstackedTensor(tensor("stack", [3, 4, 2]), named: "experts.{expert}.up")))
    derived.append(plain("last"))
    let names = ["first", "experts.0.up", "experts.1.up", "experts.2.up", "last"]
    #expect(derived.map(\.name) == names && derived.indices.map(derived.name(at:)) == names)
    #expect(derived.map(\.shape) == [[2], [4, 2], [4, 2], [4, 2], [2]])
    #expect(derived.indices.map(derived.shape(at:)) == derived.map(\.shape))
    #expect(derived[2].label == "stack[1]" && derived[2].change == "number 2 of 3")
    guard case .rows(_, .groups(source: 12, offset: 4, stride: 1, count: 4)) = derived[2].origin else {
      Issue.record("\(derived[2].origin)")
      return
    }
  }
}
