import IngotCheckpoints
import IngotEncodings
import IngotTestSupport
import Testing

@testable import IngotConversion

/// Values pass through single precision, which must not make infinity of a number (`spec/conversion.md`, clause V3.4).
@Suite struct WideValuesTests {
  private func source(_ last: Double, in folder: TemporaryFolder) throws -> [SourceTensor] {
    let values = [Double](repeating: 1, count: 127) + [last]
    let bytes = values.flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian, Array.init) }
    return [SourceTensor("w", "F64", [2, 64], bytes)]
  }

  @Test(arguments: [Encoding.f32, .f16, .bf16, .q8_0, .q4_0])
  func aDoubleTooLargeForSinglePrecisionIsRefused(encoding: Encoding) async throws {
    let folder = try TemporaryFolder()
    let file = try folder.safetensors(source(-1e300, in: folder))
    await #expect {
      try await convert(file, to: folder.path("out.gguf"), ConversionOptions(target: .encoding(encoding)))
    } throws: {
      let error = $0 as? ConversionError
      return error?.code == .overflow && error?.tensor == "w"
        && error?.description.contains("-1e+300 at row 1, column 63") == true
    }
    #expect(try folder.names() == ["model.safetensors"])
  }

  @Test(arguments: [Encoding.f32, .f16, .bf16]) func anInfiniteDoubleIsCarried(encoding: Encoding)
    async throws
  {
    let folder = try TemporaryFolder()
    let target = folder.path("out.gguf")
    try await convert(
      try folder.safetensors(source(-.infinity, in: folder)), to: target,
      ConversionOptions(target: .encoding(encoding)))
    let last = try TensorValues(opening: target, tensor: "w").numbers(127..<128)
    #expect(last == [.single(-.infinity)])
  }

  /// A value that is changed passes through single precision too.
  @Test func aDoubleThatIsChangedIsRefusedLikewise() throws {
    let folder = try TemporaryFolder()
    let checkpoint = try Checkpoints.open(try folder.safetensors(source(1e300, in: folder)))
    let reader = FloatReader(checkpoint, try #require(checkpoint.tensor(named: "w")))
    var buffer = [UInt8](repeating: 0, count: 64 * 4)
    #expect {
      try buffer.withUnsafeMutableBytes { try reader.read(64 * 4..<128 * 4, into: $0) { $0 + 1 } }
    } throws: {
      let error = $0 as? ConversionError
      return error?.code == .overflow && error?.tensor == "w"
        && error?.description.contains("1e+300 at element 127") == true
    }
  }

  @Test func anInvalidTruthValueNamesFileAndTensor() async throws {
    let folder = try TemporaryFolder()
    let file = try folder.safetensors([SourceTensor("mask", "BOOL", [2, 2], [0, 1, 1, 2])])
    let comparison = try Comparison(Checkpoints.open(file), with: Checkpoints.open(file))
    await #expect {
      _ = try await comparison.run(threads: 1)
    } throws: {
      let error = $0 as? ConversionError
      return error?.code == .value && error?.tensor == "mask"
        && error?.description.contains("model.safetensors, tensor \"mask\": element 3 is 2") == true
    }
  }
}
