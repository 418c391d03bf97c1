import IngotCheckpoints
import IngotEncodings
import IngotModel
import IngotTestSupport
import SystemPackage
import Testing

@testable import IngotConversion

/// Packed ternary checkpoints become ternary blocks without loss: `spec/conversion.md`, clause V3.8.
@Suite struct TernaryConversionTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// A checkpoint of one packed tensor beside a float one.
  private func checkpoint(_ codes: [Int], rows: Int, columns: Int, scale: Float) throws -> FilePath {
    try folder.bitNetConfiguration("autobitlinear")
    return try folder.safetensors(
      [SourceTensor("norm.weight", [256], normalValues(256, seed: 3))]
        + PackedRows.tensors("a.weight", codes, rows: rows, columns: columns, scale: scale))
  }

  private func options(_ encoding: Encoding, _ effort: Effort = .balanced) -> ConversionOptions {
    var options = ConversionOptions()
    options.target = .encoding(encoding)
    options.effort = effort
    return options
  }

  /// All values of a tensor of a GGUF file.
  private func values(_ path: FilePath, _ name: String) throws -> [Float] {
    let tensor = try TensorValues(opening: path, tensor: name)
    var values = [Float](repeating: .nan, count: tensor.elementCount)
    var span = values.mutableSpan
    try tensor.decode(0..<tensor.elementCount, into: &span)
    return values
  }

  // V3.8, S9.2
  @Test(arguments: [Encoding.tq1_0, .tq2_0], Effort.allCases)
  func everyCodeIsKeptWithTheNearestHalf(_ encoding: Encoding, _ effort: Effort) async throws {
    let (rows, columns) = (24, 768)
    let codes = PackedRows.codes(rows * columns, seed: 17)
    for scale: Float in [1.218_75, 0.1, 1 / 3, 2e-7, 60_001] {
      let source = try checkpoint(codes, rows: rows, columns: columns, scale: scale)
      let target = folder.path("out.gguf")
      let plan = try await convert(source, to: target, options(encoding, effort), overwrite: true)
      #expect(plan.tensors.map(\.name) == ["norm.weight", "a.weight"])
      #expect(plan.tensors[1].encoding == encoding && plan.tensors[1].dimensions == [columns, rows])
      #expect(plan.tensors[1].sourceType == "TERNARY" && plan.tensors[1].sourceShape == [rows, columns])
      let half = HalfPrecision.float(HalfPrecision.bits(scale))
      let found = try values(target, "a.weight")
      #expect(found.indices.first { found[$0] != Float(codes[$0]) * half } == nil, "scale \(scale), seed 17")
    }
  }

  // V3.8: a scale that is a half loses nothing, and compare says so.
  @Test func aHalfAsScaleLosesNothing() async throws {
    let codes = PackedRows.codes(512 * 1024, seed: 18)
    let source = try checkpoint(codes, rows: 512, columns: 1024, scale: 1.218_75)
    let target = folder.path("out.gguf")
    try await convert(source, to: target, options(.tq1_0))
    let report = try await Comparison(Checkpoints.open(source), with: Checkpoints.open(target)).run(
      threads: 2)
    #expect(report.tensors.map(\.name) == ["norm.weight", "a.weight"])
    #expect(report.tensors[1].referenceType == "TERNARY" && report.tensors[1].otherType == "TQ1_0")
    #expect(report.tensors[1].measure.squaredError == 0 && report.tensors[1].shape == [512, 1024])
    #expect(report.onlyInOther.isEmpty && report.onlyInReference.isEmpty)
    #expect(report.notDecodable.isEmpty && report.differentShapes.isEmpty)
  }

  // V3.8: the scale alone is rounded.
  @Test func theErrorIsThatOfTheScale() async throws {
    let codes = PackedRows.codes(8 * 256, seed: 19)
    let source = try checkpoint(codes, rows: 8, columns: 256, scale: 0.1)
    let target = folder.path("out.gguf")
    try await convert(source, to: target, options(.tq2_0))
    let report = try await Comparison(Checkpoints.open(source), with: Checkpoints.open(target)).run(
      threads: 1)
    let half = HalfPrecision.float(HalfPrecision.bits(0.1))
    #expect(report.tensors[1].measure.largestAbsoluteError == Double((half - 0.1).magnitude))
    #expect(report.tensors[1].measure.relativeError < 0x1p-11)
  }

  // V2.6, V3.2, S9.5
  @Test(arguments: [(Float(0.5), Encoding.f16), (0x1.02p-20, .bf16), (0.1, .f32)])
  func ownPrecisionHoldsEveryValue(scale: Float, encoding: Encoding) async throws {
    let codes = PackedRows.codes(8 * 30, seed: 20)
    let source = try checkpoint(codes, rows: 8, columns: 30, scale: scale)
    let target = folder.path("out.gguf")
    let plan = try await convert(source, to: target)
    #expect(plan.tensors[1].encoding == encoding && plan.tensors[1].transform == .widen)
    #expect(try values(target, "a.weight") == codes.map { Float($0) * scale })
    try await convert(source, to: target, options(.f32), overwrite: true)
    #expect(try values(target, "a.weight") == codes.map { Float($0) * scale })
  }

  // V2.7, E3: rows of other lengths fall back, with a reason.
  @Test func rowsThatDoNotDivideFallBack() throws {
    for (columns, encoding) in [(320, Encoding.q4_0), (30, .f16)] {
      let source = try checkpoint(
        PackedRows.codes(8 * columns, seed: 21), rows: 8, columns: columns, scale: 0.5)
      let plan = try ConversionPlan(Checkpoints.open(source), options: options(.tq2_0))
      #expect(plan.tensors[1].encoding == encoding && plan.tensors[1].reason.code == .fallback)
      #expect("\(plan.tensors[1].reason)".contains("rows of \(columns)"))
    }
  }

  // S9.5: the tensor, the row and the column.
  @Test func theFourthCodeIsRefusedWithRowAndColumn() async throws {
    try folder.bitNetConfiguration(nil)
    var bytes = PackedRows.bytes(PackedRows.codes(16 * 256, seed: 22), rows: 16, columns: 256)
    bytes[3 * 256 + 77] |= 0b00_11_00_00
    let source = try folder.safetensors([
      SourceTensor("a.weight", "U8", [4, 256], bytes), SourceTensor("a.weight_scale", [1], [2]),
    ])
    for encoding in [Encoding.tq1_0, .f32, .f16] {
      let target = folder.path("out.gguf")
      let error = await #expect(throws: ConversionError.self) {
        try await convert(source, to: target, options(encoding))
      }
      #expect(error?.code == .value && error?.tensor == "a.weight")
      #expect(error?.description.contains("at row 11, column 77") == true)
      #expect(try folder.names().contains("out.gguf") == false)
    }
  }

  // V3.4
  @Test func aScaleThatNoHalfReachesIsRefused() async throws {
    let codes = [Int](repeating: 1, count: 4 * 256)
    let source = try checkpoint(codes, rows: 4, columns: 256, scale: 65_520)
    let error = await #expect(throws: ConversionError.self) {
      try await convert(source, to: folder.path("out.gguf"), options(.tq1_0))
    }
    #expect(error?.code == .overflow && error?.tensor == "a.weight")
  }

  @Test func rowsDecodeOnDemand() throws {
    let codes = PackedRows.codes(12 * 33, seed: 23)
    let source = try checkpoint(codes, rows: 12, columns: 33, scale: 3)
    let tensor = try TensorValues(opening: source, tensor: "a.weight")
    for row in 0..<12 {
      let elements = try tensor.elements(ofRows: row..<row + 1)
      let numbers = try tensor.numbers(elements)
      #expect(numbers == codes[elements].map { TensorNumber.single(Float($0) * 3) })
    }
  }
}
