import IngotCheckpoints
import IngotContainer
import IngotModel
import IngotSeal
import IngotTestSupport
import Testing

@testable import IngotConversion

// `spec/conversion.md`, clause V4.
@Suite struct SealedOutputTests {
  @Test(arguments: SealDigest.allCases)
  func sealWrittenWithTheModelIsTheOneMadeAfterwards(_ digest: SealDigest) async throws {
    let folder = try TemporaryFolder()
    let source = try folder.safetensors([
      SourceTensor("w", [600, 1024], normalValues(614_400, seed: 5)), SourceTensor("b", [3], [1, 2, 3]),
    ])
    let checkpoint = try Checkpoints.open(source)
    let plan = try ConversionPlan(checkpoint, options: ConversionOptions(target: .encoding(.f16)))
    let pipeline = ConversionPipeline(plan, from: checkpoint, threads: 2)
    let report = try await pipeline.run(to: folder.path("sealed"), sealing: digest)
    let sealed = try folder.bytes(of: "sealed")
    #expect(report.byteCount == UInt64(sealed.count))
    #expect(try await ModelVerifier().verify(folder.path("sealed")).allSatisfy { $0.isValid })

    _ = try await pipeline.run(to: folder.path("plain"))
    #expect(try folder.bytes(of: "plain").count == Int(plan.byteCount))
    _ = try await ModelSealer(digest: digest).seal(folder.path("plain"))
    #expect(try folder.bytes(of: "plain") == sealed)
    _ = try ModelUnsealer.unseal(folder.path("sealed"))
    #expect(try folder.bytes(of: "sealed") == Array(sealed[..<Int(plan.byteCount)]))
  }

  @Test func copyOfAnUnsealedContainerIsKnown() async throws {
    let folder = try TemporaryFolder()
    let source = try folder.safetensors([SourceTensor("w", [4, 64], normalValues(256, seed: 5))])
    try await convert(source, to: folder.path("1.gguf"))
    func isCopy(_ name: String, _ options: ConversionOptions = ConversionOptions()) throws -> Bool {
      let checkpoint = try Checkpoints.open(folder.path(name))
      return try ConversionPlan(checkpoint, options: options).isCopy(of: checkpoint)
    }
    #expect(try isCopy("1.gguf"))
    #expect(try !isCopy("1.gguf", ConversionOptions(target: .encoding(.q8_0))))
    #expect(try !isCopy("1.gguf", ConversionOptions(alignment: 128)))
    #expect(try !isCopy("model.safetensors"))
    _ = try await ModelSealer().seal(folder.path("1.gguf"))
    #expect(try !isCopy("1.gguf"))
  }
}
