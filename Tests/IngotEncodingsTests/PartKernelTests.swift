import CVectors
import IngotTestSupport
import Testing

@testable import IngotEncodings

/// The kernels of super-blocks, each set of them that this processor can run, beside the plain formulas.
@Suite struct PartKernelTests {
  typealias Vector = SIMD8<Float>

  /// Eight parts of sixteen values side by side.
  private struct Parts {
    var columns: [Vector]
    var weights: [Vector]?

    func values(_ lane: Int) -> [Float] { columns.map { $0[lane] } }
    func weights(_ lane: Int) -> [Float]? { weights?.map { $0[lane] } }
  }

  /// Parts of every kind, weighted and not; some have no weight at all.
  private func parts(_ kernels: ingot_kernels, _ generator: inout SeededGenerator) -> [Parts] {
    let all = KernelTests.blocks(kernels).map(\.0)
    return all.map { block in
      let other = all.randomElement(using: &generator)?.values ?? block.values
      var parts = Parts(columns: [], weights: block.weights == nil ? nil : [])
      for index in 0..<16 {
        var (column, weights) = (Vector(), Vector())
        for lane in 0..<8 {
          column[lane] = lane < 4 ? block.values[4 * index + lane] : other[4 * index + lane - 4]
          weights[lane] = lane == 5 ? 0 : block.weights?[(4 * index + lane) % 64] ?? 1
        }
        parts.columns.append(column)
        parts.weights?.append(weights)
      }
      return parts
    }
  }

  /// Calls a kernel with the weights of parts.
  private func with(_ parts: Parts, _ body: (UnsafePointer<Vector>?) -> Void) {
    (parts.weights ?? []).withUnsafeBufferPointer { body(parts.weights == nil ? nil : $0.baseAddress) }
  }

  @Test(arguments: KernelTests.sets)
  func levelsOfPartsAgree(_ set: Int) throws {
    let kernels = try KernelTests.kernels(set)
    var generator = SeededGenerator(seed: 55)
    for parts in parts(kernels, &generator) {
      var extents = KernelState.PartExtents()
      with(parts) { kernels.measureParts(parts.columns, $0, 16, &extents) }
      for lane in 0..<8 {
        let plain = PlainKernels.measure(parts.values(lane), parts.weights(lane))
        let own = [extents.lowest[lane], extents.highest[lane], extents.energies[lane]]
        #expect(own.bitPatterns == [plain.lowest, plain.highest, plain.energy].bitPatterns, "seed 55")
      }
      for levels in KernelTests.levels {
        let factors = KernelTests.factors(&generator, 5).map { $0 * 20 }
        let multiples = factors.map { $0.rounded(.toNearestOrEven) }
        let count = Int.random(in: 1...5, using: &generator)
        let scales = (0..<3).map { _ in Float.random(in: 0...0.01, using: &generator) }
        let scaleCount = Int.random(in: 1...3, using: &generator)
        var fits = [KernelState.PartFits](repeating: KernelState.PartFits(), count: count)
        var (best, trials, places) = (
          KernelState.Trials(), KernelState.Trials(), KernelState.PartPlaces()
        )
        var sums = [Vector](repeating: Vector(repeating: 3), count: scaleCount)
        with(parts) {
          kernels.fitParts(levels, parts.columns, $0, 16, factors, count, &extents.energies, &fits, &best)
          kernels.tryParts(levels, parts.columns, $0, 16, multiples, count, scales[0], &trials)
        }
        kernels.scanParts(fits, count, scales, scaleCount, -32, 31, &sums)
        kernels.placeParts(fits, count, scales[0], -32, 31, &places)
        for lane in 0..<8 {
          let (values, weights) = (parts.values(lane), parts.weights(lane))
          let plain = factors.prefix(count).map {
            PlainKernels.fitPart(levels, values, weights, $0[lane], extents.energies[lane])
          }
          for (fit, plain) in zip(fits, plain) {
            let own = [fit.steps[lane], fit.norms[lane], fit.errors[lane]]
            #expect(own.bitPatterns == [plain.step, plain.norm, plain.error].bitPatterns, "seed 55")
          }
          let least = plain.min { $0.error < $1.error }
          #expect(best.scales[lane] == least?.step && best.errors[lane] == least?.error, "seed 55")
          let trial = PlainKernels.tryPart(
            levels, values, weights, multiples.prefix(count).map { $0[lane] }, scales[0])
          #expect(trials.errors[lane] == trial.error && trials.scales[lane] == trial.scale, "seed 55")
          let all = scales.map { PlainKernels.placePart(plain, $0, -32, 31) }
          for (sum, place) in zip(sums, all) { #expect(sum[lane] == 3 + place.error, "seed 55") }
          let own = [places.errors[lane], places.scales[lane], places.steps[lane], places.norms[lane]]
          let place = all[0]
          #expect(
            own.bitPatterns == [place.error, place.scale, place.step, place.norm].bitPatterns, "seed 55")
        }
      }
    }
  }

  @Test(arguments: KernelTests.sets)
  func linesOfPartsAgree(_ set: Int) throws {
    let kernels = try KernelTests.kernels(set)
    var generator = SeededGenerator(seed: 56)
    for parts in parts(kernels, &generator) {
      var (centered, sums) = (parts, KernelState.PartSums())
      with(parts) { kernels.centerParts(&centered.columns, $0, 16, &sums) }
      let (highest, sign): (Float, Float) = (
        Bool.random(using: &generator) ? 3 : 31, Bool.random(using: &generator) ? 1 : -1
      )
      let starts = KernelTests.factors(&generator, 10).map { $0 * highest / 2 }
      let pairs = KernelTests.factors(&generator, 10).map { ($0 * 20).magnitudes.rounded(.toNearestOrEven) }
      let (count, refits) = (
        Int.random(in: 1...5, using: &generator), Int.random(in: 0...2, using: &generator)
      )
      let numbers = (0..<6).map { _ in sign * Float.random(in: 0...0.1, using: &generator) }
      let (scales, minimums) = (Array(numbers.prefix(3)), Array(numbers.suffix(3)))
      let minimumCount = Int.random(in: 1...3, using: &generator)
      var lines = [KernelState.PartLines](repeating: KernelState.PartLines(), count: count)
      var (limits, places, trials) = (
        KernelState.LineLimits(), KernelState.LinePlaces(), KernelState.LineTrials()
      )
      var errors = [Vector](repeating: Vector(repeating: 3), count: 3 * minimumCount)
      withUnsafePointer(to: (sums.weights, sums.means, sums.energies)) { sums in
        let vectors = UnsafeRawPointer(sums).assumingMemoryBound(to: Vector.self)
        let frame = ingot_parts_frame(
          weights: vectors, means: vectors + 1, energies: vectors + 2, highestCode: highest, highestScale: 63,
          sign: sign)
        with(parts) {
          kernels.fitPartLines(centered.columns, $0, 16, starts, count, refits, frame, &lines)
          kernels.tryLines(centered.columns, $0, 16, pairs, count, frame, scales[0], minimums[0], &trials)
        }
        kernels.limitLines(lines, count, frame, &limits)
        kernels.scanLines(lines, count, frame, scales, 3, minimums, minimumCount, &errors)
        kernels.placeLines(lines, count, frame, scales[0], minimums[0], &places)
      }
      for lane in 0..<8 {
        let weights = parts.weights(lane)
        let part = PlainKernels.centerPart(parts.values(lane), weights)
        #expect(centered.values(lane).bitPatterns == part.values.bitPatterns, "seed 56")
        let shared = [sums.weights[lane], sums.means[lane], sums.energies[lane]]
        #expect(shared.bitPatterns == [part.weight, part.mean, part.energy].bitPatterns, "seed 56")
        let frame = PlainKernels.Frame(
          weight: part.weight, mean: part.mean, energy: part.energy, highestCode: highest, highestScale: 63,
          sign: sign)
        let plain = (0..<count).map {
          PlainKernels.fitPartLine(
            part.values, weights, starts[2 * $0][lane], starts[2 * $0 + 1][lane], refits: refits, frame)
        }
        for (line, plain) in zip(lines, plain) {
          let own = [line.steps[lane], line.codes[lane], line.norms[lane], line.errors[lane]]
          #expect(
            own.bitPatterns == [plain.step, plain.code, plain.norm, plain.error].bitPatterns, "seed 56")
        }
        let limit = PlainKernels.limitLines(plain, frame)
        let own = [limits.errors[lane], limits.steps[lane], limits.depths[lane]]
        #expect(own.bitPatterns == [limit.error, limit.step, limit.depth].bitPatterns, "seed 56")
        for index in errors.indices {
          let place = PlainKernels.placeLine(
            plain, frame, scales[index / minimumCount], minimums[index % minimumCount])
          #expect(errors[index][lane] == 3 + place.error, "seed 56")
        }
        let place = PlainKernels.placeLine(plain, frame, scales[0], minimums[0])
        #expect(places.errors[lane] == place.error && places.scales[lane] == place.scale, "seed 56")
        #expect(places.minimums[lane] == place.minimum && places.steps[lane] == place.line.step, "seed 56")
        #expect(places.codes[lane] == place.line.code && places.norms[lane] == place.line.norm, "seed 56")
        let trial = PlainKernels.tryLine(
          part.values, weights, (0..<count).map { (pairs[2 * $0][lane], pairs[2 * $0 + 1][lane]) }, frame,
          scales[0], minimums[0])
        #expect(trials.errors[lane] == trial.error && trials.scales[lane] == trial.scale, "seed 56")
        #expect(trials.minimums[lane] == trial.minimum, "seed 56")
      }
    }
  }
}
