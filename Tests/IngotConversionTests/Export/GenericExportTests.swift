import IngotCheckpoints
import IngotContainer
import IngotEncodings
import IngotTestSupport
import SystemPackage
import Testing

@testable import IngotConversion

/// What a generic conversion had to change comes back as it was: clause X2.3 of `spec/export.md`.
@Suite struct GenericExportTests {
  /// A tensor of each type that safetensors has and this release decodes, in shapes that containers do not have.
  private static let sources: [SourceTensor] = ElementType.plainTypes.filter(\.canDecode).flatMap { type in
    let shapes = [[], [2, 3, 2, 2, 2, 4], [2, 0, 4], [4, 6], [6]]
    return shapes.enumerated().map { index, shape in
      let elements = shape.reduce(1, *)
      // Two four-bit numbers make a byte.
      let count = type == .float4E2M1 && elements % 2 == 1 ? 2 : elements
      let name = index == 3 ? String(repeating: "long.", count: 20) + type.name : "\(type.name).\(index)"
      return SourceTensor(
        name, type.name, count == elements ? shape : [count], bytes(type, count, seed: UInt64(index)))
    }
  }

  /// A tensor may have no name at all.
  private static let nameless = SourceTensor("", [2, 2], [1, 2, 3, 4])

  private static func bytes(_ type: ElementType, _ count: Int, seed: UInt64) -> [UInt8] {
    var generator = SeededGenerator(seed: seed + 71)
    let size = type.byteCount(elements: count) ?? 0
    return (0..<size).map { index in
      switch type {
      case .bool: UInt8.random(in: 0...1, using: &generator)
      // Below 2^63, and halves and brain floats that are numbers.
      case .uint64, .float16, .bfloat16:
        index % 8 % 2 == 1 ? UInt8.random(in: 0...0x77, using: &generator) : 7
      default: UInt8.random(in: 0...255, using: &generator)
      }
    }
  }

  /// What the output could not hold is refused on the way back as on the way there: clause X3.2 keeps truth values, of which these are none.
  @Test func bytesThatAreNoTruthValueAreRefused() async throws {
    let folder = try TemporaryFolder()
    let source = try folder.safetensors([SourceTensor("mask", "BOOL", [4], [0, 1, 2, 1])])
    let plan = try ExportPlan(try Checkpoints.open(source), format: .safetensors)
    let output = folder.path("again.safetensors")
    await #expect {
      _ = try await ExportPipeline(plan, threads: 2).run(to: .file(output, .safetensors))
    } throws: {
      let error = $0 as? ConversionError
      return error?.code == .value && error?.tensor == "mask" && "\($0)".contains("element 2 is 2")
    }
    #expect(try folder.names() == ["model.safetensors"])
  }

  @Test func namesShapesTypesAndBytesComeBack() async throws {
    let folder = try TemporaryFolder()
    let source = try folder.safetensors(Self.sources + [Self.nameless])
    try await convert(source, to: folder.path("model.gguf"))
    let container = try Checkpoints.open(folder.path("model.gguf"))
    let plan = try ExportPlan(container, format: .safetensors)
    let output = folder.path("again.safetensors")
    _ = try await ExportPipeline(plan, threads: 2).run(to: .file(output, .safetensors))
    let again = try Checkpoints.open(output)
    #expect(again.tensors.count == Self.sources.count + 1)
    for tensor in Self.sources + [Self.nameless] {
      let found = try #require(again.tensor(named: tensor.name))
      #expect(found.type.name == tensor.type, "\(tensor.name)")
      #expect(found.shape == tensor.shape, "\(tensor.name)")
      var bytes = [UInt8](repeating: 0, count: found.byteCount)
      try bytes.withUnsafeMutableBytes { try again.read(found, bytes: 0..<found.byteCount, into: $0) }
      #expect(bytes == tensor.bytes, "\(tensor.name)")
    }
  }

  /// An archive has the same tensors, those that NumPy has no type for as F32: clause X4.2.
  @Test func anArchiveHoldsWhatNumPyHas() throws {
    let folder = try TemporaryFolder()
    let container = try Checkpoints.open(try folder.safetensors(Self.sources))
    let plan = try ExportPlan(container, format: .npz)
    for tensor in plan.tensors {
      let original = try #require(container.tensor(named: tensor.source))
      let isKept = NPYHeader.bytes(type: original.type, shape: []) != nil
      #expect(tensor.type == (isKept ? original.type : .float32), "\(tensor.name)")
      #expect(tensor.shape == original.shape)
    }
  }

  /// A container that was changed since may hold what the type has not: clause X2.3.
  @Test func aValueThatTheTypeHasNotIsRefused() async throws {
    let folder = try TemporaryFolder()
    let source = try folder.safetensors([SourceTensor("flag", "BOOL", [2], [1, 0])])
    try await convert(source, to: folder.path("model.gguf"))
    var bytes = try folder.bytes(of: "model.gguf")
    let container = try Checkpoints.open(folder.path("model.gguf"))
    bytes[Int(container.tensors[0].location.offset)] = 3
    let changed = try folder.write(bytes, to: "changed.gguf")
    let plan = try ExportPlan(Checkpoints.open(changed), format: .safetensors)
    let output = folder.path("out.safetensors")
    await #expect {
      try await ExportPipeline(plan, threads: 1).run(to: .file(output, .safetensors))
    } throws: {
      ($0 as? ConversionError)?.code == .value && "\($0)".contains("element 0 is 3")
    }
    #expect(try !folder.names().contains("out.safetensors"))
  }

  @Test func numbersThatHalvesDoNotHoldAreRefused() async throws {
    let folder = try TemporaryFolder()
    let source = try folder.safetensors([SourceTensor("x", [2, 2], [1, 2, 3, 1e6])])
    let plan = try ExportPlan(Checkpoints.open(source), floats: .float16, format: .safetensors)
    let output = folder.path("out.safetensors")
    await #expect {
      try await ExportPipeline(plan, threads: 1).run(to: .file(output, .safetensors))
    } throws: {
      ($0 as? ConversionError)?.code == .overflow && "\($0)".contains("row 1, column 1")
    }
  }

  private static func doubles(_ values: [Double]) -> SourceTensor {
    let bytes = values.flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian, Array.init) }
    return SourceTensor("x", "F64", [2, values.count / 2], bytes)
  }

  /// Through single precision no number becomes infinity, in any block of a tensor: clause X3.2.
  @Test(arguments: [ElementType.float32, .float16, .bfloat16], [1e300, -3.5e38])
  func doublesThatSinglePrecisionDoesNotHoldAreRefused(_ type: ElementType, _ value: Double) async throws {
    let folder = try TemporaryFolder()
    let values = [Double](repeating: 1, count: 199_999) + [value]
    let source = try folder.safetensors([Self.doubles(values)])
    let plan = try ExportPlan(Checkpoints.open(source), floats: type, format: .safetensors)
    let output = folder.path("out.safetensors")
    await #expect {
      try await ExportPipeline(plan, threads: 2).run(to: .file(output, .safetensors))
    } throws: {
      let error = $0 as? ConversionError
      return error?.code == .overflow && error?.tensor == "x"
        && "\($0)".contains("\(value) at row 1, column 99999, too large for \(type.name)")
    }
    #expect(try folder.names() == ["model.safetensors"])
  }

  /// What is no number, or infinite, stays so: clause X3.2.
  @Test(arguments: [ElementType.float32, .float16, .bfloat16])
  func infinityAndNaNPass(_ type: ElementType) async throws {
    let folder = try TemporaryFolder()
    let source = try folder.safetensors([Self.doubles([.infinity, -.infinity, .nan, 1])])
    let plan = try ExportPlan(Checkpoints.open(source), floats: type, format: .safetensors)
    let output = folder.path("out.safetensors")
    _ = try await ExportPipeline(plan, threads: 1).run(to: .file(output, .safetensors))
    let values = try TensorValues(opening: output, tensor: "x")
    let numbers = try values.numbers(0..<4)
    #expect(values.type == type)
    #expect(numbers[0] == .single(.infinity) && numbers[1] == .single(-.infinity))
    #expect(numbers[3] == .single(1))
    if case .single(let value) = numbers[2] { #expect(value.isNaN) } else { Issue.record("no float") }
  }
}
