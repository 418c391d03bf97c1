import IngotCheckpoints
import IngotContainer
import IngotEncodings
import IngotTestSupport
import SystemPackage
import Testing

@testable import IngotConversion

/// What a file says of the tensors that it was made from may be anything (`spec/metadata.md`, clause M4).
@Suite struct HostileOriginalsTests {
  /// Writes a container with one tensor `w` of single-precision numbers that claims to have been something else.
  private func container(
    _ name: String, count: Int, type: String, shape: String, in folder: TemporaryFolder
  ) throws -> FilePath {
    let header = try ContainerHeader(
      metadata: [
        OriginalTensors.storedKey: .array(MetadataArray(["w"])),
        OriginalTensors.nameKey: .array(MetadataArray(["w"])),
        OriginalTensors.typeKey: .array(MetadataArray([type])),
        OriginalTensors.shapeKey: .array(MetadataArray([shape])),
      ], tensors: [("w", [count], .f32)])
    return try folder.write(header.encoded() + [UInt8](repeating: 0, count: count * 4), to: name)
  }

  @Test func aComplexNumberIsNotComparedWithARealOne() async throws {
    let folder = try TemporaryFolder()
    let pairs = try container("pairs", count: 12, type: "C64", shape: "[6]", in: folder)
    let numbers = try container("numbers", count: 6, type: "F32", shape: "[6]", in: folder)
    for (reference, other) in [(pairs, numbers), (numbers, pairs)] {
      let report = try await Comparison(Checkpoints.open(reference), with: Checkpoints.open(other))
        .run(threads: 1)
      #expect(report.tensors.isEmpty)
      #expect(report.differentShapes.map(\.name) == ["w"])
      #expect {
        try RowComparison(reference, other, tensor: "w", rows: 0..<1)
      } throws: {
        ($0 as? ConversionError)?.code == .noSuchTensor
      }
    }
  }

  @Test(arguments: [
    "[9223372036854775807,2]", "[4294967296,4294967296,0]", "[-6]", "[6", "6", "[+6]x", "[7]",
  ])
  func aShapeOfAnotherSizeIsIgnored(shape: String) throws {
    let folder = try TemporaryFolder()
    let file = try container("a", count: 6, type: "F32", shape: shape, in: folder)
    #expect(try TensorValues(opening: file, tensor: "w").shape == [6])
  }

  @Test func complexNumbersAreExportedAsPairs() async throws {
    let folder = try TemporaryFolder()
    let bytes = (0..<12).flatMap { withUnsafeBytes(of: Float($0).bitPattern.littleEndian, Array.init) }
    let source = try folder.safetensors([SourceTensor("c", "C64", [3, 2], bytes)])
    let target = folder.path("out.gguf")
    try await convert(source, to: target)
    for (rows, shape, data) in [(nil, [3, 2, 2], bytes), (1..<2, [1, 2, 2], Array(bytes[16..<32]))] {
      try TensorExport(TensorValues(opening: target, tensor: "c"), rows: rows, format: .npy)
        .write(to: folder.path("out.npy"), overwrite: true)
      let header = try #require(NPYHeader.bytes(type: .float32, shape: shape))
      #expect(try folder.bytes(of: "out.npy") == header + data)
    }
  }

  @Test func moreRowsThanMemoryAreRefused() throws {
    let folder = try TemporaryFolder()
    let count = 1 << 40
    let header = try ContainerHeader(metadata: [:], tensors: [("w", [count / 4, 4], .f32)])
    let file = try folder.write(header.encoded(), to: "sparse")
    try folder.truncate("sparse", to: Int(header.bodyByteCount))
    for rows in [0..<1, 0..<4] {
      #expect {
        try RowComparison(file, file, tensor: "w", rows: rows)
      } throws: {
        ($0 as? ConversionError)?.code == .limit
      }
    }
  }
}
