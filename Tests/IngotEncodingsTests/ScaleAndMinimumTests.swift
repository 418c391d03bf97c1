import IngotTestSupport
import Testing

@testable import IngotEncodings

/// The search for a scale and a minimum (clause E39.3).
@Suite struct ScaleAndMinimumTests {
  static let encodings: [Encoding] = [.q4_1, .q5_1]
  static let efforts: [Effort] = [.balanced, .best]

  @Test(arguments: [(Encoding.q4_1, 0.78, 0.91), (.q5_1, 0.76, 0.935)], efforts)
  func theSearchMeetsItsBounds(_ bound: (encoding: Encoding, plain: Double, weighted: Double), effort: Effort)
    throws
  {
    let golden = try GoldenErrors()
    for (isWeighted, limit) in [(false, bound.plain), (true, bound.weighted)] {
      let rows = try golden.compare(bound.encoding, effort, weighted: isWeighted)
      let judged = rows.filter { GoldenErrors.judgedRows.contains($0.name) }.map(\.ratio)
      #expect(judged.reduce(0, +) / Double(judged.count) <= limit, "weighted: \(isWeighted)")
      for row in rows { #expect(row.ratio <= 1.01, "\(row.name), weighted: \(isWeighted)") }
    }
  }

  /// Blocks whose sums need no rounding.
  @Test(arguments: encodings, efforts)
  func valuesOfABlockComeBackAsTheyWere(_ encoding: Encoding, effort: Effort) throws {
    var generator = SeededGenerator(seed: 31)
    for _ in 0..<100 {
      var block = (0..<encoding.bytesPerBlock).map { _ in UInt8.random(in: 0...255, using: &generator) }
      let exponent = Int.random(in: 8...28, using: &generator)
      let other = max(1, min(30, exponent + Int.random(in: -7...7, using: &generator)))
      for (offset, exponent) in [(0, exponent), (2, other)] {
        block[offset + 1] = UInt8(exponent << 2) | UInt8.random(in: 0...3, using: &generator)
      }
      if Bool.random(using: &generator) { block[3] |= 0x80 }
      let values = try encoding.decoded(block)
      let weights = values.map { _ in Float.random(in: 0.1...3, using: &generator) }
      for importance in [nil, weights] {
        let again = try encoding.decoded(encoding.encoded(values, importance: importance, effort: effort))
        #expect(firstDifference(again, values) == nil, "seed 31, block \(block)")
      }
    }
  }

  @Test(arguments: encodings, efforts)
  func aConstantIsHeldByBothHalves(_ encoding: Encoding, effort: Effort) throws {
    let values = [Float](repeating: 0.731, count: 32)
    let decoded = try encoding.decoded(encoding.encoded(values, effort: effort))
    #expect((decoded[0] - 0.731).magnitude < 1e-6)
    #expect(
      try encoding.decoded(encoding.encoded([Float](repeating: 1e5, count: 32), effort: effort))[7] == 1e5)
  }

  // E39.1
  @Test(arguments: encodings, efforts)
  func valuesBeyondAllScalesAreRefused(_ encoding: Encoding, effort: Effort) throws {
    for limit in [-65520, 65520 * Float(encoding == .q4_1 ? 16 : 32)] {
      var values = [Float](repeating: 0, count: 32)
      values[5] = limit
      #expect(throws: EncodingError(.overflow, encoding, index: 5, value: limit)) {
        try encoding.encoded(values, effort: effort)
      }
      values[5] = limit * 0.999
      #expect(!(try encoding.decoded(encoding.encoded(values, effort: effort)).contains { !$0.isFinite }))
    }
  }
}
