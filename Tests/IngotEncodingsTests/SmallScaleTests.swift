import Foundation
import IngotTestSupport
import Testing

@testable import IngotEncodings

/// The search for scales that are stored in a byte (clause E39.2).
@Suite struct SmallScaleTests {
  static let encodings: [Encoding] = [.mxfp4, .nvfp4]
  static let efforts: [Effort] = [.balanced, .best]

  @Test(arguments: [(Encoding.mxfp4, 0.91), (.nvfp4, 0.79)])
  func balancedMeetsItsBounds(_ encoding: Encoding, bound: Double) throws {
    let rows = try GoldenErrors().compare(encoding, .balanced, weighted: false)
    let judged = rows.filter { GoldenErrors.judgedRows.contains($0.name) }.map(\.ratio)
    #expect(judged.reduce(0, +) / Double(judged.count) <= bound)
    for row in rows { #expect(row.ratio <= 1.01, "\(row.name)") }
  }

  /// The least error of all scales that a byte can hold.
  private func exhaustive(_ encoding: Encoding, _ values: [Float], _ weights: [Float]) -> Double {
    let scales = (0...(encoding == .mxfp4 ? UInt8(254) : 0x7E)).map { byte in
      encoding == .mxfp4 ? MXFP4.scale(byte) : PlainFormulas.small(byte)
    }
    let size = encoding == .mxfp4 ? 32 : 16
    return stride(from: 0, to: values.count, by: size).reduce(0.0) { sum, start in
      sum
        + (scales.map { scale in
          (start..<start + size).reduce(0.0) { sum, index in
            let distances = PlainFormulas.floatLevels.map {
              (Double($0 * scale) - Double(values[index])).magnitude
            }
            let least = distances.min() ?? 0
            return sum + Double(weights[index]) * least * least
          }
        }.min() ?? 0)
    }
  }

  @Test(arguments: encodings, [false, true])
  func theSearchFindsTheBestOfAllScales(_ encoding: Encoding, weighted: Bool) throws {
    var rows = RowGenerator(seed: 11)
    let kinds = RowGenerator.Kind.allCases
    for index in 0..<max(kinds.count, OneScaleTests.blockCount) {
      let kind = kinds[index % kinds.count]
      let values = rows.row(kind, count: encoding.elementsPerBlock)
      let weights = weighted ? rows.row(.even, count: values.count).map(\.magnitude) : nil
      let least = exhaustive(encoding, values, weights ?? values.map { _ in 1 })
      for effort in Self.efforts {
        let error = try encoding.squaredError(of: values, importance: weights, effort: effort)
        #expect(error <= least * 1.000_01, "seed 11, \(kind)")
      }
    }
  }

  @Test(arguments: encodings)
  func theSearchGivesNoMoreErrorThanTheReference(_ encoding: Encoding) throws {
    var rows = RowGenerator(seed: 12)
    for kind in RowGenerator.Kind.allCases {
      for _ in 0..<20 {
        let values = rows.row(kind, count: encoding.elementsPerBlock)
        let errors = try Effort.allCases.map { try encoding.squaredError(of: values, effort: $0) }
        #expect(errors[1] <= errors[0] * 1.000_001 && errors[1] == errors[2], "seed 12, \(kind)")
      }
    }
  }

  @Test(arguments: encodings, efforts)
  func valuesOfABlockComeBackAsTheyWere(_ encoding: Encoding, effort: Effort) throws {
    var generator = SeededGenerator(seed: 31)
    for _ in 0..<50 {
      var block = (0..<encoding.bytesPerBlock).map { _ in UInt8.random(in: 0...255, using: &generator) }
      for field in encoding.scaleFields {
        block[field.offset] = UInt8.random(in: encoding == .mxfp4 ? 8...252 : 1...0x7E, using: &generator)
      }
      let values = try encoding.decoded(block)
      let again = try encoding.decoded(encoding.encoded(values, effort: effort))
      #expect(firstDifference(again.bitPatterns, values.bitPatterns) == nil, "seed 31")
    }
  }

  @Test(arguments: efforts)
  func valuesAtTheEndsOfTheRangeAreHeld(_ effort: Effort) throws {
    for value in [Float.greatestFiniteMagnitude, 0x1p127, .leastNonzeroMagnitude, 0x1p-126] {
      let values = (0..<32).map { $0 % 2 == 0 ? value : -value / 3 }
      let decoded = try Encoding.mxfp4.decoded(Encoding.mxfp4.encoded(values, effort: effort))
      #expect(!decoded.contains { !$0.isFinite })
    }
    var values = [Float](repeating: 1, count: 64)
    values[17] = 65519
    #expect(try Encoding.nvfp4.decoded(Encoding.nvfp4.encoded(values, effort: effort))[17] == 2688)
    values[17] = 65520
    #expect(throws: EncodingError(.overflow, .nvfp4, index: 17, value: 65520)) {
      try Encoding.nvfp4.encoded(values, effort: effort)
    }
    values[50] = .infinity
    #expect(throws: EncodingError(.notFinite, .nvfp4, index: 50, value: .infinity)) {
      try Encoding.nvfp4.encoded(values, effort: effort)
    }
  }
}
