import IngotCheckpoints
import IngotEncodings
import IngotTestSupport
import SystemPackage
import Testing

@testable import IngotConversion

/// Tensors that a family derives are read in any stretches as if they had been made as a whole: clauses N3.3, N5, N6.
@Suite struct DerivedCheckpointTests {
  private let folder: TemporaryFolder
  private let source: any Checkpoint

  init() throws {
    folder = try TemporaryFolder()
    source = try Checkpoints.open(
      try folder.safetensors([
        SourceTensor("matrix", [12, 10], Self.numbers(120)),
        SourceTensor("stack", [3, 8, 10], Self.numbers(240)),
        SourceTensor("list", [12], Self.numbers(12)),
        SourceTensor(
          "half", "F16", [4, 6], (0..<24).flatMap { Self.bytes(HalfPrecision.bits(Float($0) / 7)) }),
        SourceTensor("codes", "U8", [2, 4, 3, 16], (0..<384).map { UInt8(truncatingIfNeeded: $0 &* 37) }),
        SourceTensor("scales", "U8", [2, 4, 3], (0..<24).map { UInt8(100 + $0) }),
      ]))
  }

  private static func numbers(_ count: Int) -> [Float] { (0..<count).map { Float($0) - 3.5 } }
  private static func bytes(_ value: UInt16) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian, Array.init)
  }

  private func tensor(_ name: String) throws -> CheckpointTensor { try #require(source.tensor(named: name)) }

  /// Reads a tensor as a whole and in every stretch, which must agree, and gives its bytes.
  private func bytes(_ origin: DerivedTensor.Origin, _ shape: [Int], _ type: ElementType) throws -> [UInt8] {
    let derived = DerivedTensor(label: "x", name: "x", shape: shape, type: type, origin: origin, change: nil)
    let checkpoint = try DerivedCheckpoint([derived], from: source)
    let tensor = try #require(checkpoint.tensor(named: "x"))
    func read(_ range: Range<Int>) throws -> [UInt8] {
      var bytes = [UInt8](repeating: 0xEE, count: range.count)
      try bytes.withUnsafeMutableBytes { try checkpoint.read(tensor, bytes: range, into: $0) }
      return bytes
    }
    let whole = try read(0..<tensor.byteCount)
    var generator = SeededGenerator(seed: 41)
    for _ in 0..<200 {
      let start = Int.random(in: 0...whole.count, using: &generator)
      let end = Int.random(in: start...whole.count, using: &generator)
      #expect(try read(start..<end) == Array(whole[start..<end]), "bytes \(start)..<\(end), seed 41")
    }
    return whole
  }

  private func floats(_ origin: DerivedTensor.Origin, _ shape: [Int]) throws -> [Float] {
    let bytes = try bytes(origin, shape, .float32)
    return stride(from: 0, to: bytes.count, by: 4).map { start in
      bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: start, as: Float.self) }
    }
  }

  private static func row(_ index: Int) -> [Float] { (0..<10).map { Float(index * 10 + $0) - 3.5 } }

  @Test func headsAlternateBetweenTheirHalves() throws {
    let found = try floats(.rows([tensor("matrix")], .heads(rows: 6)), [12, 10])
    #expect(found == [0, 3, 1, 4, 2, 5, 6, 9, 7, 10, 8, 11].flatMap(Self.row))
    let list = try floats(.rows([tensor("list")], .heads(rows: 4)), [12])
    #expect(list == [0, 2, 1, 3, 4, 6, 5, 7, 8, 10, 9, 11].map { Float($0) - 3.5 })
  }

  @Test func sourcesStandOneAfterTheOther() throws {
    let found = try floats(.rows([tensor("matrix"), tensor("matrix")], .all), [2, 12, 10])
    #expect(found == Self.numbers(120) + Self.numbers(120))
  }

  @Test func partsAndOtherRowsOfEachMatrix() throws {
    let part = try floats(
      .rows([tensor("stack")], .groups(source: 8, offset: 4, stride: 1, count: 4)), [3, 4, 10])
    #expect(part == [4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23].flatMap(Self.row))
    let other = try floats(
      .rows([tensor("stack")], .groups(source: 8, offset: 1, stride: 2, count: 4)), [3, 4, 10])
    #expect(other == [1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23].flatMap(Self.row))
    let values = try floats(
      .elements([tensor("matrix")], .groups(source: 10, offset: 0, stride: 2, count: 5)), [12, 5])
    #expect(values == (0..<60).map { Float($0 * 2) - 3.5 })
  }

  @Test func rowsAndColumnsChangePlaces() throws {
    let all = try floats(.transposed([tensor("stack")], .all), [3, 10, 8])
    #expect(all == Self.columns(Array(0..<10)))
    let other = try floats(
      .transposed([tensor("stack")], .groups(source: 10, offset: 1, stride: 2, count: 5)), [3, 5, 8])
    #expect(other == Self.columns([1, 3, 5, 7, 9]))
  }

  @Test func severalSourcesTakeTurns() throws {
    let parts = try [tensor("stack"), tensor("stack")]
    let joined = try floats(.rows(parts, .inTurn(rows: 8, sources: 2)), [3, 16, 10])
    #expect(joined == [0, 0, 1, 1, 2, 2].flatMap { Self.matrix($0) })
    let columns = try floats(.transposed(parts, .all), [3, 10, 16])
    #expect(columns == Self.columns(Array(0..<10)).flatMap { [$0, $0] })
  }

  @Test func zerosStandInFront() throws {
    let found = try floats(.padded(tensor("matrix"), rows: 2), [14, 10])
    #expect(found == [Float](repeating: 0, count: 20) + Self.numbers(120))
  }

  private static func matrix(_ index: Int) -> [Float] { Array(numbers(240)[index * 80..<(index + 1) * 80]) }

  /// Columns of each matrix of the stack.
  private static func columns(_ columns: [Int]) -> [Float] {
    var values: [Float] = []
    for matrix in 0..<3 {
      for column in columns {
        for row in 0..<8 { values.append(Float(matrix * 80 + row * 10 + column) - 3.5) }
      }
    }
    return values
  }

  @Test func sumsOfHalvesAreHalves() throws {
    #expect(try floats(.sum(tensor("list"), 1), [12]) == (0..<12).map { Float($0) - 2.5 })
    let found = try floats(.sum(tensor("half"), 1), [4, 6])
    #expect(
      found
        == (0..<24).map { index in
          HalfPrecision.float(
            HalfPrecision.bits(HalfPrecision.float(HalfPrecision.bits(Float(index) / 7)) + 1))
        })
  }

  @Test func ternaryValuesAreTheMeanMagnitude() throws {
    let found = try floats(.ternary(tensor("list"), MeanMagnitude()), [12])
    // Magnitudes 3.5 down to 0.5 and up to 7.5: their mean is 3.3333…
    let scale = 1 / (1 / Float(40.0 / 12))
    #expect(found == [-1, -1, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1].map { $0 * scale })
  }

  @Test func blocksOfFourBitsKeepEveryCode() throws {
    let codes: [UInt8] = (0..<384).map { UInt8(truncatingIfNeeded: $0 &* 37) }
    let order = RowOrder.groups(source: 4, offset: 1, stride: 2, count: 2)
    let found = try bytes(
      .mxfp4(codes: tensor("codes"), scales: tensor("scales"), order), [2, 2, 96], .blocks(.mxfp4))
    for (row, sourceRow) in [1, 3, 5, 7].enumerated() {
      for block in 0..<3 {
        let start = (row * 3 + block) * 17
        let sourceStart = (sourceRow * 3 + block) * 16
        #expect(found[start] == UInt8(100 + sourceRow * 3 + block))
        for code in 0..<32 {
          let stored = found[start + 1 + code % 16] >> (code < 16 ? 0 : 4) & 15
          #expect(stored == codes[sourceStart + code / 2] >> (code % 2 * 4) & 15)
        }
      }
    }
  }

  @Test func twoTensorsOfOneNameAreRefused() throws {
    let origin = DerivedTensor.Origin.values([1])
    let pair = ["a", "b"].map { label in
      DerivedTensor(label: label, name: "x", shape: [1], type: .float32, origin: origin, change: nil)
    }
    let error = #expect(throws: ConversionError.self) { try DerivedCheckpoint(pair, from: source) }
    #expect(error?.code == .layout && error?.tensor == "b")
  }
}
