import IngotTestSupport
import Testing

@testable import IngotEncodings

/// The codecs against the plain formulas of the specification.
@Suite struct CodecFormulaTests {
  static let quantized = Encoding.withCodec.filter {
    $0.kind == .quantized && !CodebookSearchTests.encodings.contains($0)
      && !SuperBlockTests.encodings.contains($0)
  }

  /// Decodes a run of blocks with the plain formula.
  private func plainDecoded(_ encoding: Encoding, _ blocks: [UInt8]) throws -> [Float] {
    try stride(from: 0, to: blocks.count, by: encoding.bytesPerBlock).flatMap {
      try #require(PlainFormulas.decode(encoding, Array(blocks[$0..<$0 + encoding.bytesPerBlock])))
    }
  }

  // E9.2, E10.2, E11.2, E12.2, E13.2, E14.2, E15.2, E18.2, E19.2, E20.3, E21.3, E22.2
  @Test(arguments: quantized)
  func everyCodeByteInEveryPlaceDecodesByTheFormula(_ encoding: Encoding) throws {
    // All bytes of block b are b, so that the scales too run through many halves, infinity and NaN among them.
    let blocks = (0...UInt8.max).flatMap { [UInt8](repeating: $0, count: encoding.bytesPerBlock) }
    let expected = try plainDecoded(encoding, blocks)
    let decoded = try encoding.decoded(blocks)
    // The pattern of a NaN that arithmetic makes is not defined (E2.5).
    #expect(firstDifference(canonical(decoded), canonical(expected)) == nil)
  }

  @Test(arguments: quantized, [UInt64(1), 2, 3])
  func randomBlocksDecodeByTheFormula(_ encoding: Encoding, seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let blocks = (0..<37 * encoding.bytesPerBlock).map { _ in UInt8.random(in: 0...255, using: &generator) }
    let decoded = try encoding.decoded(blocks)
    let expected = try plainDecoded(encoding, blocks)
    #expect(firstDifference(canonical(decoded), canonical(expected)) == nil, "seed \(seed)")
  }

  // E9.3, E10.3, E11.3, E12.3, E13.3, E14.3, E15.3, E18.3, E19.3, E20.4, E21.4, E22.3
  @Test(arguments: quantized, [UInt64(4), 5, 6])
  func rowsOfManyKindsEncodeByTheFormula(_ encoding: Encoding, seed: UInt64) throws {
    var rows = RowGenerator(seed: seed)
    for kind in RowGenerator.Kind.allCases {
      for _ in 0..<8 {
        let block = rows.row(kind, count: encoding.elementsPerBlock)
        let expected = PlainFormulas.encode(encoding, block)
        #expect(try encoding.encoded(block) == expected, "seed \(seed), \(kind)")
      }
    }
  }

  /// Bit patterns, with one pattern for all NaNs.
  private func canonical(_ values: [Float]) -> [UInt32] {
    values.map { $0.isNaN ? Float.nan.bitPattern : $0.bitPattern }
  }
}
