import CVectors
import IngotTestSupport
import Testing

@testable import IngotEncodings

/// Products of blocks with vectors: clause E41.
@Suite struct ProductTests {
  static let sets = (0..<Int(ingot_dot_set_count)).filter { ingot_dot_set($0) != nil }
  static let coded = Encoding.allCases.filter(\.multipliesCodes)

  private func random(_ count: Int, seed: UInt64) -> [UInt8] {
    var generator = SeededGenerator(seed: seed)
    return (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
  }

  /// Rows of a size that encode; of integers, whole numbers.
  private func row(_ encoding: Encoding, blocks: Int, seed: UInt64) -> [Float] {
    var rows = RowGenerator(seed: seed)
    let row = rows.row(.even, count: blocks * encoding.elementsPerBlock)
    return encoding.kind == .integer ? row.map { ($0 / 16 * 100).rounded() } : row
  }

  private func dot(_ encoding: Encoding, _ blocks: [UInt8], _ vector: [Float]) throws -> Float {
    try encoding.dot(blocks.span.bytes, with: QuantizedVector(vector.span))
  }

  @Test func theEncodingsThatEdgeDevicesRunMultiplyCodes() {
    let expected: [Encoding] = [
      .q4_0, .q4_1, .q5_0, .q5_1, .q8_0, .q2_K, .q3_K, .q4_K, .q5_K, .q6_K, .iq4_nl, .iq4_xs, .tq1_0, .tq2_0,
      .mxfp4,
      .q2_0,
    ]
    #expect(Self.coded == expected)
  }

  // E41.2, E41.3
  @Test(arguments: sets)
  func everySetOfKernelsGivesTheBitsOfTheFormula(_ index: Int) throws {
    let set = try #require(ingot_dot_set(index))
    var rows = RowGenerator(seed: 91)
    for encoding in Self.coded {
      let product = try #require(encoding.layout.decoder?.product(set))
      for count in [1, 2, 3, 5, 8] {
        for kind in [RowGenerator.Kind.even, .equalExtremes, .allMagnitudes, .zeros] {
          // Random bytes: scales that are infinite and NaN among them.
          let blocks = random(count * encoding.bytesPerBlock, seed: UInt64(count))
          let values = rows.row(kind, count: count * encoding.elementsPerBlock)
          let vector = QuantizedVector(values.span)
          let found = blocks.withUnsafeBytes { blocks in
            vector.withCodes { codes in blocks.baseAddress.map { product($0, count, codes) } ?? 0 }
          }
          let expected = PlainProducts.product(encoding, blocks, PlainProducts.Vector(values))
          let isRight = expected.isNaN ? found?.isNaN == true : found?.bitPattern == expected.bitPattern
          #expect(isRight, "\(encoding), \(count) blocks, \(kind), seed 91: \(found ?? 0), not \(expected)")
        }
      }
    }
  }

  // E41.2: the codes of largest magnitude, all of one sign, in every place.
  @Test(arguments: sets)
  func extremeCodesDoNotOverflow(_ index: Int) throws {
    let set = try #require(ingot_dot_set(index))
    for encoding in Self.coded {
      let product = try #require(encoding.layout.decoder?.product(set))
      let count = 4 * encoding.elementsPerBlock
      for byte in [UInt8(0x00), 0x0F, 0x55, 0x70, 0x77, 0x7F, 0x80, 0xAA, 0xF0, 0xFF] {
        for sign: Float in [-1, 1] {
          var blocks = [UInt8](repeating: byte, count: 4 * encoding.bytesPerBlock)
          for block in 0..<4 {
            for field in encoding.scaleFields where field.format == .half {
              let place = block * encoding.bytesPerBlock + field.offset
              (blocks[place], blocks[place + 1]) = (0, 0x3C)
            }
          }
          let values = [Float](repeating: sign, count: count)
          let vector = QuantizedVector(values.span)
          let found = blocks.withUnsafeBytes { blocks in
            vector.withCodes { codes in blocks.baseAddress.map { product($0, 4, codes) } ?? 0 }
          }
          let expected = PlainProducts.product(encoding, blocks, PlainProducts.Vector(values))
          #expect(found == expected, "\(encoding), \(byte)")
        }
      }
    }
  }

  // E41.4
  @Test(arguments: Encoding.withCodec)
  func theErrorIsWithinTheBound(_ encoding: Encoding) throws {
    for seed in 1...20 as ClosedRange<UInt64> {
      let row = row(encoding, blocks: encoding.elementsPerBlock == 1 ? 515 : 4, seed: seed)
      let blocks = try encoding.encoded(row, effort: .fast)
      let decoded = try encoding.decoded(blocks)
      var rows = RowGenerator(seed: seed + 100)
      let vector = rows.row(.even, count: row.count)
      let exact = zip(decoded, vector).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
      let sizes = zip(decoded, vector).reduce(0.0) { $0 + Double(($1.0 * $1.1).magnitude) }
      var bound = sizes * Double(row.count) * 0x1p-24
      if encoding.multipliesCodes {
        for index in decoded.indices {
          let part = vector[index / 32 * 32..<index / 32 * 32 + 32]
          bound += Double(decoded[index].magnitude * (part.map(\.magnitude).max() ?? 0)) / 254 * 1.0001
        }
        // What a scale and a minimum take off each other.
        let spread = encoding.scaleFields.count == 2 ? 64.0 : 1
        bound += sizes * spread * 0x1p-20
      }
      let found = Double(try dot(encoding, blocks, vector))
      #expect((found - exact).magnitude <= bound, "\(encoding), seed \(seed): \(found), not \(exact)")
    }
  }

  // E41.4: what to expect, not only what may happen.
  @Test(arguments: coded)
  func theTypicalErrorIsSmall(_ encoding: Encoding) throws {
    var (error, energy) = (0.0, 0.0)
    for seed in 1...50 as ClosedRange<UInt64> {
      let row = row(encoding, blocks: 2048 / encoding.elementsPerBlock, seed: seed)
      let blocks = try encoding.encoded(row)
      let decoded = try encoding.decoded(blocks)
      var rows = RowGenerator(seed: seed + 100)
      let vector = rows.row(.even, count: row.count)
      let exact = zip(decoded, vector).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
      let found = Double(try dot(encoding, blocks, vector))
      error += (found - exact) * (found - exact)
      energy += zip(decoded, vector).reduce(0.0) { $0 + Double($1.0 * $1.0) * Double($1.1 * $1.1) }
    }
    // Of the size that products of random signs have.
    #expect((error / energy).squareRoot() < 0.005, "\(encoding): \((error / energy).squareRoot())")
  }

  // E41.1
  @Test func valuesThatAreNotFiniteGiveNaN() throws {
    for encoding in Self.coded {
      let count = 2 * encoding.elementsPerBlock
      let blocks = try encoding.encoded([Float](repeating: 0.5, count: count))
      for wrong in [Float.nan, .infinity, -.infinity] {
        for place in [0, 31, count - 1] {
          var vector = [Float](repeating: 1, count: count)
          vector[place] = wrong
          #expect(try dot(encoding, blocks, vector).isNaN, "\(encoding)")
        }
      }
    }
    let floats = try Encoding.f32.encoded([1, 2])
    #expect(try dot(.f32, floats, [.infinity, 1]) == .infinity)
  }

  // E41.1
  @Test func vectorsOfAnyLengthMultiplyPlainTypes() throws {
    for count in [0, 1, 15, 16, 17, 63, 64, 65, 255, 256, 257, 1000] {
      let row = (0..<count).map { Float($0 % 7) - 3 }
      for encoding in [Encoding.f32, .f16, .bf16, .f64, .i8, .i32] {
        let expected = row.reduce(0) { $0 + $1 * $1 }
        #expect(try dot(encoding, encoding.encoded(row), row) == expected, "\(encoding), \(count)")
      }
    }
  }

  @Test(arguments: Encoding.withCodec)
  func aMatrixGivesTheProductsOfItsRows(_ encoding: Encoding) throws {
    let blocksPerRow = encoding.elementsPerBlock == 1 ? 33 : 3
    let values = (0..<5).flatMap { row(encoding, blocks: blocksPerRow, seed: UInt64($0)) }
    let blocks = try encoding.encoded(values)
    let vector = row(.f32, blocks: blocksPerRow * encoding.elementsPerBlock, seed: 9)
    var products = [Float](repeating: 0, count: 5)
    var span = products.mutableSpan
    try encoding.multiply(blocks.span.bytes, by: QuantizedVector(vector.span), into: &span)
    for index in 0..<5 {
      let size = blocks.count / 5
      #expect(try products[index] == dot(encoding, Array(blocks[index * size..<(index + 1) * size]), vector))
    }
  }

  @Test func aVectorTakesTheValuesOfAnother() throws {
    let blocks = try Encoding.q8_0.encoded(row(.q8_0, blocks: 3, seed: 1))
    let first = row(.f32, blocks: 96, seed: 2)
    var second = row(.f32, blocks: 96, seed: 3)
    var vector = QuantizedVector(first.span)
    vector.replace(with: second.span)
    #expect(try Encoding.q8_0.dot(blocks.span.bytes, with: vector) == dot(.q8_0, blocks, second))
    second[40] = .nan
    vector.replace(with: second.span)
    vector.replace(with: first.span)
    #expect(try Encoding.q8_0.dot(blocks.span.bytes, with: vector) == dot(.q8_0, blocks, first))
  }
}
