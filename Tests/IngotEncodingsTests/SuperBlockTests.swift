import IngotTestSupport
import Testing

@testable import IngotEncodings

/// The encoders of super-blocks.
@Suite struct SuperBlockTests {
  static let encodings: [Encoding] = [.q2_K, .q3_K, .q4_K, .q5_K, .q6_K, .iq4_xs]

  /// Values that do not depend on the sign of zero.
  private func canonical(_ values: [Float]) -> [UInt32] {
    values.map { $0.isNaN ? Float.nan.bitPattern : ($0 + 0).bitPattern }
  }

  // E23.3, E24.2, E25.2, E26.3, E27.2, E28.2
  @Test(arguments: encodings, [UInt64(1), 2])
  func randomBlocksDecodeByTheFormula(_ encoding: Encoding, seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<20 {
      let block = (0..<encoding.bytesPerBlock).map { _ in UInt8.random(in: 0...255, using: &generator) }
      let expected = try #require(SuperBlockFormulas.decode(encoding, block))
      #expect(
        firstDifference(canonical(try encoding.decoded(block)), canonical(expected)) == nil, "seed \(seed)")
    }
  }

  // E23.4, E24.3, E25.3, E26.4, E27.3, E28.3
  @Test(arguments: encodings, [UInt64(4), 5])
  func theReferenceEncoderFollowsTheFormula(_ encoding: Encoding, seed: UInt64) throws {
    var rows = RowGenerator(seed: seed)
    for kind in RowGenerator.Kind.allCases {
      let values = rows.row(kind, count: 256)
      let decoded = try encoding.decoded(encoding.encoded(values))
      let expected = SuperBlockFormulas.reference(encoding, values)
      #expect(firstDifference(canonical(decoded), canonical(expected)) == nil, "seed \(seed), \(kind)")
    }
  }

  // E39.4
  @Test(arguments: [
    (Encoding.q2_K, 0.70, 0.89), (.q3_K, 0.925, 0.97), (.q4_K, 0.95, 0.93), (.q5_K, 0.91, 0.88),
    (.q6_K, 0.90, 0.90), (.iq4_xs, 0.955, 0.945),
  ])
  func balancedMeetsItsBounds(_ encoding: Encoding, plain: Double, weighted: Double) throws {
    let golden = try GoldenErrors()
    for (isWeighted, bound) in [(false, plain), (true, weighted)] {
      let rows = try golden.compare(encoding, .balanced, weighted: isWeighted)
      let judged = rows.filter { GoldenErrors.judgedRows.contains($0.name) }
      #expect(judged.map(\.ratio).reduce(0, +) / Double(judged.count) <= bound, "weighted: \(isWeighted)")
      for row in rows {
        // Q5_K holds the ternary row to 4 of 10^10 parts, where which halves lie near decides.
        #expect(row.ratio <= 1.01 || row.ours <= 5e-7, "\(row.name), weighted: \(isWeighted)")
      }
    }
  }

  // E39.4
  @Test(arguments: encodings)
  func moreEffortGivesNoMoreError(_ encoding: Encoding) throws {
    var rows = RowGenerator(seed: 7)
    for kind in RowGenerator.Kind.allCases {
      let values = rows.row(kind, count: 256)
      let errors = try Effort.allCases.map { try encoding.squaredError(of: values, effort: $0) }
      // Float32 sums decide between equals.
      #expect(errors[1] <= errors[0] * 1.000_001 && errors[2] <= errors[1] * 1.000_001, "seed 7, \(kind)")
    }
  }

  @Test(arguments: encodings)
  func zerosOfBothSignsAreHeld(_ encoding: Encoding) throws {
    for zero in [Float.zero, -0.0] {
      let values = [Float](repeating: zero, count: 256)
      for effort in Effort.allCases {
        #expect(try encoding.squaredError(of: values, effort: effort) == 0)
      }
    }
  }

  @Test(arguments: encodings)
  func valuesThatCannotBeHeldAreRefused(_ encoding: Encoding) {
    var values = [Float](repeating: 0, count: 256)
    values[17] = -3e38
    #expect(encoding.refusal(of: values) == EncodingError(.overflow, encoding, index: 17, value: -3e38))
    values[200] = .nan
    #expect(encoding.refusal(of: values)?.code == .notFinite)
  }
}
