import Foundation
import IngotTestSupport
import Testing

@testable import IngotEncodings

/// The search for one scale a block (clause E39.2).
@Suite struct OneScaleTests {
  static let encodings: [Encoding] = [.q4_0, .q5_0, .q8_0, .q2_0, .q1_0, .tq1_0, .tq2_0, .iq4_nl]

  /// The levels that a search uses.
  static func levels(_ encoding: Encoding) -> [Float] {
    switch encoding {
    case .q4_0: (-8...7).map { Float($0) }
    case .q5_0: (-16...15).map { Float($0) }
    case .q8_0: (-128...127).map { Float($0) }
    case .q2_0: [-1, 0, 1, 2]
    case .q1_0: [-1, 1]
    case .iq4_nl: PlainFormulas.unevenLevels
    default: [-1, 0, 1]
    }
  }

  /// Bounds on the mean error beside ggml's, plain and weighted.
  static let bounds: [(Encoding, Double, Double)] = [
    (.q4_0, 0.93, 0.93), (.q5_0, 0.92, 0.91), (.q8_0, 0.82, 1), (.q2_0, 0.335, 0.27), (.q1_0, 1, 0.996),
    (.tq1_0, 0.43, 1), (.tq2_0, 0.43, 1), (.iq4_nl, 0.95, 0.92),
  ]

  @Test(arguments: bounds)
  func balancedMeetsItsBounds(_ encoding: Encoding, plain: Double, weighted: Double) throws {
    let golden = try GoldenErrors()
    for (isWeighted, bound) in [(false, plain), (true, weighted)] {
      let rows = try golden.compare(encoding, .balanced, weighted: isWeighted)
      if rows.isEmpty { continue }
      let judged = rows.filter { GoldenErrors.judgedRows.contains($0.name) }.map(\.ratio)
      #expect(judged.reduce(0, +) / Double(judged.count) <= bound, "weighted: \(isWeighted)")
      for row in rows { #expect(row.ratio <= 1.01, "\(row.name), weighted: \(isWeighted)") }
    }
  }

  /// The least error of all halves up to 3 times the largest value, one by one, and of their negatives, if it is less than
  /// a limit; else the limit.
  private func exhaustive(
    _ encoding: Encoding, _ values: [Float], _ weights: [Float], below limit: Double
  ) -> Double {
    let levels = Self.levels(encoding)
    let isUniform = encoding != .iq4_nl && encoding != .q1_0
    let (lowest, highest) = (levels[0], levels[levels.count - 1])
    // Those that count most come first, so that most scales have too much error soon.
    let order = values.indices.sorted {
      weights[$0] * values[$0] * values[$0] > weights[$1] * values[$1] * values[$1]
    }
    let pairs = order.map { (value: values[$0], weight: Double(weights[$0])) }
    var least = limit
    for bits in 1..<HalfPrecision.bits((pairs.map(\.value.magnitude).max() ?? 0) * 3) {
      for scale in [HalfPrecision.float(bits), -HalfPrecision.float(bits)] {
        var error = 0.0
        for (value, weight) in pairs {
          var difference = Float.infinity
          if isUniform {
            let nearest = max(lowest, min(highest, (value / scale).rounded(.toNearestOrEven)))
            difference = nearest * scale - value
          } else {
            for level in levels where (level * scale - value).magnitude < difference.magnitude {
              difference = level * scale - value
            }
          }
          error += weight * Double(difference) * Double(difference)
          if error >= least { break }
        }
        least = min(least, error)
      }
    }
    return least
  }

  /// The number of random blocks, or what `INGOT_RANDOM_BLOCKS` says: 10,000 take some minutes of a release build.
  static let blockCount = ProcessInfo.processInfo.environment["INGOT_RANDOM_BLOCKS"].flatMap { Int($0) } ?? 2

  @Test(arguments: encodings, [false, true])
  func bestIsTheBestOfAllHalves(_ encoding: Encoding, weighted: Bool) throws {
    var generator = SeededGenerator(seed: 11)
    var (sum, balanced) = (0.0, 0.0)
    for index in 0..<Self.blockCount {
      let scale = Float.random(in: 0.01...1.5, using: &generator)
      // Every other block has long tails.
      let values = (0..<encoding.elementsPerBlock).map { _ in
        let value = (0..<4).reduce(Float(0)) { sum, _ in sum + Float.random(in: -1...1, using: &generator) }
        return scale * (index % 2 == 0 ? value : value * value * value)
      }
      let weights = weighted ? values.map { _ in Float.random(in: 0.1...3, using: &generator) } : nil
      let error = try encoding.squaredError(of: values, importance: weights, effort: .best)
      let least = exhaustive(encoding, values, weights ?? values.map { _ in 1 }, below: error)
      #expect(error <= least * 1.000_01, "seed 11")
      sum += least
      balanced += try encoding.squaredError(of: values, importance: weights, effort: .balanced)
    }
    // The claim is about the mean of many blocks.
    #expect(balanced <= sum * (Self.blockCount < 100 ? 1.1 : 1.01))
  }

  @Test(arguments: encodings + ScaleAndMinimumTests.encodings)
  func moreEffortGivesNoMoreErrorInAnyBlock(_ encoding: Encoding) throws {
    for seed: UInt64 in 21...24 {
      var rows = RowGenerator(seed: seed)
      for kind in RowGenerator.Kind.allCases {
        let values = rows.row(kind, count: encoding.elementsPerBlock)
        for weights in [nil, rows.row(.even, count: values.count).map(\.magnitude)] {
          let errors = try Effort.allCases.map {
            try encoding.squaredError(of: values, importance: weights, effort: $0)
          }
          #expect(
            errors[1] <= errors[0] * 1.000_001 && errors[2] <= errors[1] * 1.000_001, "seed \(seed), \(kind)")
        }
      }
    }
  }

  @Test(arguments: encodings, [Effort.balanced, .best])
  func valuesOfABlockComeBackAsTheyWere(_ encoding: Encoding, effort: Effort) throws {
    var generator = SeededGenerator(seed: 31)
    let offset = encoding.scaleFields[0].offset
    for _ in 0..<20 {
      // Codes that a search uses, with another scale.
      let scale = UInt16.random(in: 0x0400..<0x7C00, using: &generator)
      var block = (0..<encoding.bytesPerBlock).map { _ in UInt8.random(in: 0...255, using: &generator) }
      if encoding == .tq1_0 || encoding == .tq2_0 {
        let ternary = (0..<256).map { _ in Float(Int.random(in: -1...1, using: &generator)) }
        block = try encoding.encoded(ternary)
      }
      block[offset] = UInt8(truncatingIfNeeded: scale)
      block[offset + 1] = UInt8(scale >> 8)
      let values = try encoding.decoded(block)
      let weights = values.map { _ in Float.random(in: 0.1...3, using: &generator) }
      for importance in [nil, weights] {
        let again = try encoding.decoded(
          encoding.encoded(values, importance: importance, effort: effort))
        #expect(firstDifference(again.bitPatterns, values.bitPatterns) == nil, "seed 31, scale \(scale)")
      }
    }
  }

  // E39.1
  @Test(arguments: encodings)
  func valuesBeyondAllScalesAreRefused(_ encoding: Encoding) throws {
    let largest = Self.levels(encoding).map(\.magnitude).max() ?? 0
    var values = [Float](repeating: 0, count: encoding.elementsPerBlock)
    values[3] = -65520 * largest
    for effort in [Effort.balanced, .best] {
      values[3] = -65520 * largest
      #expect(throws: EncodingError(.overflow, encoding, index: 3, value: values[3])) {
        try encoding.encoded(values, effort: effort)
      }
      values[3] = -65504 * largest
      let decoded = try encoding.decoded(encoding.encoded(values, effort: effort))
      // Where zero is no level, other values pay for the largest.
      #expect(decoded == values || !Self.levels(encoding).contains(0))
      values[3] = .nan
      #expect(throws: EncodingError.self) { try encoding.encoded(values, effort: effort) }
    }
  }
}
