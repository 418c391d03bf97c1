import IngotCheckpoints
import IngotContainer
import IngotEncodings
import IngotTestSupport
import Testing

@testable import IngotConversion

// `spec/conversion.md`, clause V2, and `spec/metadata.md`, clauses M1 to M4.
@Suite struct PlanTests {
  private func plan(
    _ tensors: [SourceTensor], _ options: ConversionOptions = ConversionOptions()
  ) throws -> ConversionPlan {
    let folder = try TemporaryFolder()
    return try ConversionPlan(
      try Checkpoints.open(try folder.safetensors(tensors, name: "tiny.safetensors")), options: options)
  }

  private func zeros(_ name: String, _ shape: [Int], _ type: String = "F32", bits: Int = 32) -> SourceTensor {
    SourceTensor(name, type, shape, [UInt8](repeating: 0, count: shape.reduce(1, *) * bits / 8))
  }

  private func decision(
    _ tensor: SourceTensor, _ options: ConversionOptions
  ) throws -> (Encoding, EncodingReason.Code, PlannedTensor.Transform) {
    let entry = try #require(try plan([tensor], options).tensors.first)
    return (entry.encoding, entry.reason.code, entry.transform)
  }

  @Test func integersAreKeptExactlyWhateverIsAsked() throws {
    let everything = try TensorRule(pattern: ".", encoding: .q8_0)
    let options = ConversionOptions(target: .encoding(.q4_0), rules: [everything])
    #expect(try decision(zeros("ids", [4, 32], "I64", bits: 64), options) == (.i64, .exact, .copy))
    #expect(try decision(zeros("ids", [4, 32], "U8", bits: 8), options) == (.i16, .exact, .widen))
    #expect(try decision(zeros("mask", [4, 32], "BOOL", bits: 8), options) == (.i8, .exact, .widen))
  }

  @Test func theFirstRuleThatMatchesDecides() throws {
    let options = ConversionOptions(
      target: .encoding(.q4_0),
      rules: [try TensorRule(parsing: "attn=q8_0"), try TensorRule(parsing: "attn|ffn=F16")])
    #expect(try decision(zeros("blk.attn", [2, 64]), options) == (.q8_0, .rule, .encode))
    #expect(try decision(zeros("blk.ffn", [2, 64]), options) == (.f16, .rule, .encode))
    #expect(try decision(zeros("blk.other", [2, 64]), options) == (.q4_0, .asked, .encode))
    #expect(try decision(zeros("blk.attn.norm", [64]), options) == (.q8_0, .rule, .encode))
  }

  @Test func vectorsAndNormalizationsStayInSinglePrecision() throws {
    let options = ConversionOptions(target: .encoding(.q8_0))
    #expect(try decision(zeros("bias", [64]), options) == (.f32, .oneDimension, .copy))
    #expect(try decision(zeros("gamma", [1, 64, 1]), options) == (.f32, .oneDimension, .copy))
    #expect(try decision(zeros("scale", []), options) == (.f32, .oneDimension, .copy))
    #expect(try decision(zeros("bias", [64], "BF16", bits: 16), options) == (.f32, .oneDimension, .encode))
    for name in ["a.LayerNorm.weight", "attn_norm.weight", "x.norm1.weight", "norm_2"] {
      #expect(try decision(zeros(name, [2, 64]), options) == (.f32, .norm, .copy), "\(name)")
    }
    #expect(try decision(zeros("normal.weight", [2, 64]), options) == (.q8_0, .asked, .encode))
    // V2.5 means the digits 0 to 9, not all that Unicode calls a number.
    #expect(try decision(zeros("norm².weight", [2, 64]), options) == (.q8_0, .asked, .encode))
  }

  @Test func whatReadersCannotQuantizeIsNotQuantized() throws {
    let router = zeros("blk.0.ffn_gate_inp.weight", [2, 64])
    #expect(try decision(router, ConversionOptions(target: .encoding(.q8_0))) == (.f32, .reader, .copy))
    #expect(try decision(router, ConversionOptions(target: .encoding(.f16))) == (.f16, .asked, .encode))
  }

  @Test func rowsThatDoNotDivideGetTheFallbackAndSaySo() throws {
    let cases: [(Int, Encoding, Encoding)] = [
      (384, .tq2_0, .q4_0), (384, .tq1_0, .q4_0), (96, .q2_0, .q4_0), (96, .q1_0, .q4_0), (100, .q8_0, .f16),
      (100, .tq2_0, .f16), (256, .tq2_0, .tq2_0), (64, .q2_0, .q2_0), (7, .q4_1, .f16),
    ]
    for (length, asked, given) in cases {
      let entry = try #require(
        try plan([zeros("w", [2, length])], ConversionOptions(target: .encoding(asked))).tensors.first)
      #expect(entry.encoding == given, "\(asked) in rows of \(length)")
      #expect(entry.reason.code == (asked == given ? .asked : .fallback))
      if asked != given { #expect(entry.reason.description.contains("\(length)")) }
    }
  }

  @Test func automaticKeepsTheOwnPrecision() throws {
    let options = ConversionOptions()
    #expect(try decision(zeros("w", [2, 8], "F16", bits: 16), options) == (.f16, .own, .copy))
    #expect(try decision(zeros("w", [2, 8], "BF16", bits: 16), options) == (.bf16, .own, .copy))
    #expect(try decision(zeros("w", [2, 8], "F64", bits: 64), options) == (.f64, .own, .copy))
    #expect(try decision(zeros("w", [2, 8], "F8_E4M3", bits: 8), options) == (.f16, .own, .widen))
    #expect(try decision(zeros("w", [8], "F16", bits: 16), options) == (.f32, .oneDimension, .encode))
  }

  @Test func shapesAreReversedFoldedAndRemembered() throws {
    let plan = try plan([
      zeros("scalar", []), zeros("matrix", [2, 3]), zeros("five", [2, 3, 4, 5, 6]), zeros("empty", [0, 4]),
      zeros("complex", [2, 3], "C64", bits: 64),
    ])
    #expect(plan.tensors.map(\.dimensions) == [[1], [3, 2], [6, 5, 4, 6], [4, 0], [2, 3, 2]])
    let originals = OriginalTensors(plan.header.metadata)
    #expect(originals.entries.map(\.stored) == ["scalar", "five", "complex"])
    #expect(originals.entries.map(\.shape) == [[], [2, 3, 4, 5, 6], [2, 3]])
    #expect(originals.entries.map(\.type) == ["F32", "F32", "C64"])
  }

  // Clause M3.5 of spec/metadata.md
  @Test func halvesThatAreKeptWiderAreRemembered() throws {
    let tensors = [
      zeros("bias", [8], "F16", bits: 16), zeros("attention.norm", [2, 8], "BF16", bits: 16),
      zeros("matrix", [2, 8], "BF16", bits: 16), zeros("list", [8]),
    ]
    let originals = OriginalTensors(try plan(tensors).header.metadata)
    #expect(originals.entries.map(\.name) == ["bias", "attention.norm"])
    #expect(originals.entries.map(\.type) == ["F16", "BF16"])
    // What was asked for stays so.
    let asked = try plan(tensors, ConversionOptions(target: .encoding(.f32))).header.metadata
    #expect(!OriginalTensors(asked).entries.map(\.name).contains("matrix"))
  }

  @Test func longNamesAreShortenedAndRemembered() throws {
    let long = String(repeating: "encoder.", count: 12) + "weight"
    let plan = try plan([zeros(long, [2, 3]), zeros("short", [2, 3])])
    #expect(plan.tensors[0].name.utf8.count == 63)
    #expect(OriginalTensors(plan.header.metadata).entries.map(\.name) == [long])
  }

  @Test func aSecondConversionKeepsWhatTheFirstOneChanged() async throws {
    let folder = try TemporaryFolder()
    let long = String(repeating: "encoder.", count: 12) + "weight"
    let source = try folder.safetensors([zeros(long, [2, 64]), zeros("five", [2, 3, 4, 5, 6])])
    let (first, second) = (folder.path("1.gguf"), folder.path("2.gguf"))
    let before = OriginalTensors(try await convert(source, to: first).header.metadata)
    let again = try await convert(first, to: second, ConversionOptions(target: .encoding(.q8_0)))
    let after = OriginalTensors(again.header.metadata)
    #expect(after.entries == before.entries)
    #expect(after.entries.map(\.name) == [long, "five"])
  }

  @Test func metadataNamesTheCheckpointAndTheEncoding() throws {
    let metadata = try plan([zeros("w", [2, 64])], ConversionOptions(target: .encoding(.q4_1))).header
      .metadata
    #expect(metadata["general.architecture"] == "generic")
    #expect(metadata["general.name"] == "tiny")
    #expect(metadata["general.file_type"] == .uint32(3))
    #expect(metadata["general.quantization_version"] == .uint32(2))
    #expect(metadata["general.alignment"] == nil)
  }

  @Test func underAutomaticTheFileTypeIsThatOfMostValues() throws {
    let half = zeros("h", [4, 64], "F16", bits: 16)
    #expect(try plan([half, zeros("w", [2, 64])]).header.metadata["general.file_type"] == .uint32(1))
    #expect(try plan([half, zeros("w", [8, 64])]).header.metadata["general.file_type"] == .uint32(0))
  }

  @Test func sizesAreWhatTheBlocksSay() throws {
    let plan = try plan(
      [zeros("w", [3, 256]), zeros("b", [3])], ConversionOptions(target: .encoding(.tq2_0), alignment: 64))
    #expect(plan.tensors.map(\.byteCount) == [3 * 66, 12])
    #expect(plan.header.dataOffset % 64 == 0)
    #expect(plan.byteCount == plan.header.dataOffset + 256 + 64)
  }

  @Test func requestsThatCannotBeDoneNameTheTensor() throws {
    let six = SourceTensor("six", "F6_E2M3", [4], [0, 0, 0])
    #expect {
      try plan([six])
    } throws: { error in
      let error = error as? ConversionError
      return error?.code == .noCodec && error?.tensor == "six"
    }
    #expect {
      try plan([zeros("w", [2, 256])], ConversionOptions(target: .encoding(.q8_K)))
    } throws: { error in
      let error = error as? ConversionError
      return error?.code == .noCodec && error?.tensor == "w"
    }
    #expect {
      try plan([])
    } throws: {
      ($0 as? ConversionError)?.code == .nothingToDo
    }
  }

  @Test func malformedRulesAreRefused() {
    for text in ["", "a", "=q8_0", "a=", "a=q9_9", "(=q8_0"] {
      #expect(throws: ConversionError.self, "\(text)") { try TensorRule(parsing: text) }
    }
  }

  @Test func aShapeTextIsReadOnlyAsItIsWritten() {
    #expect(OriginalTensors.shape("[]") == [])
    #expect(OriginalTensors.shape("[2,3]") == [2, 3])
    for text in ["", "[", "2,3", "[2,]", "[-1]", "[2, 3]", "[9223372036854775808]"] {
      #expect(OriginalTensors.shape(text) == nil, "\(text)")
    }
  }
}
