import IngotTestSupport
import Testing

@testable import IngotEncodings

@Suite struct CodebookSearchTests {
  static let encodings: [Encoding] = [.iq2_xxs, .iq2_xs, .iq2_s, .iq3_xxs, .iq3_s, .iq1_s, .iq1_m]

  /// What the error may be at most, as a part of ggml's: without importance, where ggml encodes so, and with.
  static let bounds: [(encoding: Encoding, plain: Double?, weighted: Double)] = [
    (.iq2_xxs, nil, 0.75), (.iq2_xs, nil, 0.88), (.iq2_s, 0.79, 0.91), (.iq3_xxs, 0.71, 0.935),
    (.iq3_s, 0.71, 0.94), (.iq1_s, nil, 0.88), (.iq1_m, 0.58, 0.90),
  ]

  private func normal(_ count: Int, seed: UInt64) -> [Float] {
    var generator = SeededGenerator(seed: seed)
    return (0..<count).map { _ in
      (0..<12).reduce(-6) { sum, _ in sum + Float.random(in: 0..<1, using: &generator) } * 0.02
    }
  }

  private func importance(_ count: Int, seed: UInt64) -> [Float] {
    var generator = SeededGenerator(seed: seed)
    return (0..<count).map { _ in
      let root = Float.random(in: 0..<2, using: &generator)
      return root * root
    }
  }

  // E39.5
  @Test(arguments: bounds)
  func balancedMeetsItsBound(encoding: Encoding, plain: Double?, weighted: Double) throws {
    let golden = try GoldenErrors()
    for (isWeighted, bound) in [(false, plain), (true, weighted)] {
      let rows = try golden.compare(encoding, .balanced, weighted: isWeighted)
      for row in rows { #expect(row.ratio <= 1.01, "\(row.name), weighted: \(isWeighted)") }
      guard let bound else { continue }
      let judged = rows.filter { GoldenErrors.judgedRows.contains($0.name) }.map(\.ratio)
      #expect(judged.count == GoldenErrors.judgedRows.count)
      #expect(judged.reduce(0, +) / Double(judged.count) <= bound * 0.98, "weighted: \(isWeighted)")
    }
  }

  @Test(arguments: encodings)
  func moreEffortIsNeverWorse(_ encoding: Encoding) throws {
    for seed: UInt64 in 1...2 {
      let values = normal(256, seed: seed)
      for weights in [nil, importance(256, seed: seed + 100)] {
        let fast = try encoding.squaredError(of: values, importance: weights, effort: .fast)
        let balanced = try encoding.squaredError(of: values, importance: weights, effort: .balanced)
        let best = try encoding.squaredError(of: values, importance: weights, effort: .best)
        #expect(balanced <= fast, "seed \(seed)")
        #expect(best <= balanced, "seed \(seed)")
      }
    }
  }

  // E39.5
  @Test(arguments: encodings, [Effort.balanced, .best])
  func decodedBlocksAreEncodedWithoutError(_ encoding: Encoding, _ effort: Effort) throws {
    var generator = SeededGenerator(seed: 7)
    for _ in 0..<10 {
      var block = (0..<encoding.bytesPerBlock).map { _ in UInt8.random(in: 0...255, using: &generator) }
      let exponent = UInt8.random(in: 1..<0x78, using: &generator)
      if encoding == .iq1_m {
        for (offset, nibble) in zip(
          [49, 51, 53, 55], [block[0] & 15, block[1] & 15, exponent & 15, exponent >> 4])
        {
          block[offset] = block[offset] & 15 | nibble << 4
        }
      } else {
        block[1] = exponent
      }
      let values = try encoding.decoded(block)
      let again = try encoding.decoded(encoding.encoded(values, effort: effort))
      #expect(firstDifference(again.bitPatterns, values.bitPatterns) == nil, "seed 7")
    }
  }

  @Test(arguments: encodings)
  func extremeBlocksAreEncodedToFiniteValues(_ encoding: Encoding) throws {
    var spike = [Float](repeating: 0, count: 256)
    spike[77] = -65504
    let rows: [[Float]] = [
      .init(repeating: 0, count: 256), .init(repeating: -0.0, count: 256), spike,
      .init(repeating: 65504, count: 256), .init(repeating: .leastNonzeroMagnitude, count: 256),
      (0..<256).map { $0 % 2 == 0 ? 0x1p-126 : -0x1p-128 }, (0..<256).map { 5e-8 * Float($0 % 3) },
    ]
    var weights = [Float](repeating: 0, count: 256)
    weights[3] = .greatestFiniteMagnitude
    weights[4] = .leastNonzeroMagnitude
    for (index, row) in rows.enumerated() {
      for effort in Effort.allCases {
        for weights in [nil, weights] {
          let decoded = try encoding.decoded(encoding.encoded(row, importance: weights, effort: effort))
          let isFinite = decoded.allSatisfy { $0.isFinite }
          #expect(isFinite, "row \(index), \(effort)")
          let isZero = decoded.allSatisfy { $0 == 0 }
          #expect(index > 1 || isZero)
        }
      }
    }
  }

  @Test(arguments: encodings)
  func aScaleThatIsInfiniteIsRefused(_ encoding: Encoding) {
    let values = (0..<256).map { $0 == 9 ? -Float.greatestFiniteMagnitude : 1 }
    for effort in Effort.allCases {
      #expect(throws: EncodingError(.overflow, encoding, index: 9, value: values[9])) {
        try encoding.encoded(values, effort: effort)
      }
    }
  }
}

@Suite struct NearestPointTests {
  private let scratch = UnsafeMutablePointer<Float>.allocate(capacity: OctetCodebook.scratchCount)

  private func random(_ generator: inout SeededGenerator) -> SIMD8<Float> {
    .random(in: 0..<3, using: &generator)
  }

  // E38.5: sums in pairs, of equal ones the first index.
  @Test func octetsAreFoundAsByAFullSearch() {
    defer { scratch.deallocate() }
    var generator = SeededGenerator(seed: 3)
    for (codebook, search) in [
      (Codebooks.iq2XXS, OctetCodebook.iq2XXS), (Codebooks.iq2XS, .iq2XS), (Codebooks.iq2S, .iq2S),
      (Codebooks.iq1, .iq1),
    ] {
      for _ in 0..<20 {
        let values = random(&generator)
        let levels = SIMD4<Float>(codebook.levels[0], codebook.levels[1], codebook.levels[2], 0) * 0.06
        let weights = random(&generator)
        let costs = OctetCodebook.Costs(values, weights, levels)
        let flipped = OctetCodebook.Costs(-values, weights, levels)
        let points = codebook.entries.map { entry in
          SIMD8<UInt32>((0..<8).map { UInt32(Codebook<SIMD8<Float>>.level(of: entry, at: $0)) })
        }
        let sums = points.map { costs.of($0).pairSum }
        let nearest = search.nearest(costs, scratch)
        #expect(nearest.index == sums.indices.min { sums[$0] < sums[$1] }, "seed 3")
        #expect(nearest.cost == sums.min())
        let flippedSums = points.map { point in
          (0..<8).map { position in
            var mixed = costs.of(point)
            mixed[position] = flipped.of(point)[position]
            return mixed.pairSum
          }
        }
        let least = flippedSums.map { $0.min() ?? .infinity }
        let other = search.nearestWithOneFlipped(costs, flipped: flipped, scratch)
        #expect(other.index == least.indices.min { least[$0] < least[$1] }, "seed 3")
        #expect(flippedSums[other.index][other.position] == least.min())
        #expect(other.cost == least.min())
      }
    }
  }

  @Test func quartetsAreFoundAsByAFullSearch() {
    defer { scratch.deallocate() }
    var generator = SeededGenerator(seed: 4)
    for (codebook, search) in [(Codebooks.iq3XXS, QuartetCodebook.iq3XXS), (Codebooks.iq3S, .iq3S)] {
      for _ in 0..<50 {
        let values = random(&generator).lowHalf
        let levels = SIMD8(codebook.levels) * 0.05
        let weights = random(&generator).lowHalf
        let costs = QuartetCodebook.Costs(values, weights, levels)
        let flipped = QuartetCodebook.Costs(-values, weights, levels)
        func sum(_ costs: SIMD4<Float>) -> Float { (costs[0] + costs[1]) + (costs[2] + costs[3]) }
        let sums = codebook.entries.map { sum(costs.of($0)) }
        let nearest = search.nearest(costs, scratch)
        #expect(nearest.index == sums.indices.min { sums[$0] < sums[$1] }, "seed 4")
        #expect(nearest.cost == sums.min())
        let flippedSums = codebook.entries.map { entry in
          (0..<4).map { position in
            var mixed = costs.of(entry)
            mixed[position] = flipped.of(entry)[position]
            return sum(mixed)
          }.min() ?? .infinity
        }
        let other = search.nearestWithOneFlipped(costs, flipped: flipped, scratch)
        #expect(other.index == flippedSums.indices.min { flippedSums[$0] < flippedSums[$1] }, "seed 4")
        #expect(other.cost == flippedSums.min())
      }
    }
  }
}
