import CVectors
import IngotTestSupport
import Testing

@testable import IngotEncodings

/// The kernels of the searches, each set of them that this processor can run, beside the plain formulas.
@Suite struct KernelTests {
  typealias Vector = SIMD8<Float>

  static let sets = (0..<Int(ingot_kernel_set_count)).filter { ingot_kernel_set($0) != nil }
  static let levels = [
    ingot_levels(kind: ingot_levels_integers, lowest: -8, highest: 7),
    ingot_levels(kind: ingot_levels_integers, lowest: -128, highest: 127),
    ingot_levels(kind: ingot_levels_integers, lowest: -1, highest: 1),
    ingot_levels(kind: ingot_levels_signs, lowest: -1, highest: 1),
    ingot_levels(kind: ingot_levels_uneven, lowest: -127, highest: 113),
  ]

  static func kernels(_ set: Int) throws -> ingot_kernels {
    try #require(ingot_kernel_set(set)).pointee
  }

  /// Blocks of every kind, weighted and not, as the kernel that loads them leaves them.
  static func blocks(_ kernels: ingot_kernels) -> [(PlainKernels.Block, ingot_extent)] {
    var rows = RowGenerator(seed: 51)
    var blocks: [(PlainKernels.Block, ingot_extent)] = []
    for kind in RowGenerator.Kind.allCases + [.even, .even] {
      for isWeighted in [false, true] {
        var source = rows.row(kind, count: 64)
        if blocks.count % 5 == 4 { source[blocks.count % 64] = 65504 }
        let importance = isWeighted ? rows.row(.even, count: 64).map(\.magnitude) : nil
        var (values, weights, products) = (source, source, source)
        var extent = ingot_extent()
        #expect(kernels.load(source, importance, 64, &values, &weights, &products, &extent) == 1)
        let block = PlainKernels.Block(
          values: values, weights: isWeighted ? weights : nil, products: products)
        blocks.append((block, extent))
      }
    }
    return blocks
  }

  private func with<Result>(_ block: PlainKernels.Block, _ body: (inout ingot_block) -> Result) -> Result {
    let count = block.values.count
    let numbers = block.values + block.products + (block.weights ?? [])
    return numbers.withUnsafeBufferPointer { numbers in
      let (values, products) = (numbers.extracting(..<count), numbers.extracting(count..<2 * count))
      guard let values = values.baseAddress, let products = products.baseAddress else {
        preconditionFailure()
      }
      let weights = block.weights == nil ? nil : products + count
      var loose = ingot_block(values: values, weights: weights, products: products, count: count)
      return body(&loose)
    }
  }

  static func factors(_ generator: inout SeededGenerator, _ count: Int) -> [Vector] {
    (0..<count).map { _ in
      var vector = Vector()
      for lane in 0..<8 { vector[lane] = Float.random(in: -1.5...1.5, using: &generator) }
      return vector
    }
  }

  private func bits<State>(_ state: State) -> [UInt32] {
    withUnsafeBytes(of: state) { Array($0.bindMemory(to: UInt32.self)) }
  }

  @Test(arguments: sets)
  func blocksAreScaledByPowersOfTwo(_ set: Int) throws {
    let kernels = try Self.kernels(set)
    var rows = RowGenerator(seed: 52)
    for kind in RowGenerator.Kind.allCases {
      let source = rows.row(kind, count: 64)
      let importance = rows.row(.even, count: 64).map(\.magnitude)
      var (values, weights, products) = (source, source, source)
      var extent = ingot_extent()
      #expect(kernels.load(source, importance, 64, &values, &weights, &products, &extent) == 1)
      let largest = source.map(\.magnitude).max() ?? 0
      let exponent = largest == 0 ? 0 : Int(largest.exponent)
      #expect(extent.exponent == exponent, "\(kind)")
      let factors = [-(exponent / 2), exponent / 2 - exponent].map {
        Float(sign: .plus, exponent: $0, significand: 1)
      }
      #expect(values.bitPatterns == source.map { $0 * factors[0] * factors[1] }.bitPatterns, "\(kind)")
      #expect(weights == importance && products == zip(values, importance).map { $0 * $1 })
      #expect(extent.lowest == values.min() && extent.highest == values.max())
      #expect(extent.energy == PlainKernels.total(zip(values, products).map { Double($0) * Double($1) }))
      let isCoarse = values.allSatisfy { $0 * 0x1p23 == ($0 * 0x1p23).rounded() }
      #expect((extent.isCoarse != 0) == isCoarse, "\(kind)")
      for place in [0, 7, 8, 63] {
        for wrong in [Float.nan, .infinity, -.infinity] {
          var damaged = source
          damaged[place] = wrong
          #expect(kernels.load(damaged, nil, 64, &values, &weights, &products, &extent) == 0)
        }
      }
    }
  }

  @Test(arguments: sets)
  func oneScaleAgrees(_ set: Int) throws {
    let kernels = try Self.kernels(set)
    var generator = SeededGenerator(seed: 53)
    for (block, extent) in Self.blocks(kernels) {
      for levels in Self.levels {
        let factors = Self.factors(&generator, 5)
        let unit = max(-levels.lowest, levels.highest) / max(extent.highest, -extent.lowest, 0x1p-20)
        let count = Int.random(in: 1...5, using: &generator)
        var fits = KernelState.Fits()
        let lane = with(block) { kernels.fit(levels, &$0, factors, count, unit, &fits) }
        let plain = PlainKernels.fit(levels, block, Array(factors.prefix(count)), unit)
        #expect(bits(fits) == bits(plain), "seed 53")
        #expect(fits.gains[lane] == fits.gains.max())

        let scale = 1 / (factors[0][0] * unit)
        var chosen = block.values
        let error = with(block) { kernels.choose(levels, &$0, scale, factors[0][0] * unit, &chosen) }
        let choice = PlainKernels.choose(levels, block, scale, factors[0][0] * unit)
        #expect(error == choice.error && chosen.bitPatterns == choice.levels.bitPatterns, "seed 53")

        var shortfall = 0.0
        let step = scale.magnitude * 8
        let float = with(block) {
          kernels.chooseFloats(&$0, step, 1 / step, step * 12, &chosen, &shortfall)
        }
        let floats = PlainKernels.chooseFloats(block, step, 1 / step, step * 12)
        #expect(float == floats.error && shortfall == floats.shortfall, "seed 53")
        #expect(chosen.bitPatterns == floats.levels.bitPatterns, "seed 53")

        guard levels.kind == ingot_levels_integers, extent.energy > 0 else { continue }
        var trials = KernelState.Trials()
        let best = with(block) {
          kernels.trace(levels, &$0, factors, count, unit, Float(extent.energy), &trials)
        }
        let traced = PlainKernels.trace(
          levels, block, Array(factors.prefix(count)), unit, Float(extent.energy))
        #expect(bits(trials) == bits(traced), "seed 53")
        #expect(trials.errors[best] == trials.errors.min())
      }
    }
  }

  @Test(arguments: sets)
  func scaleAndMinimumAgree(_ set: Int) throws {
    let kernels = try Self.kernels(set)
    var generator = SeededGenerator(seed: 54)
    for (block, extent) in Self.blocks(kernels) where extent.highest > extent.lowest {
      let highest: Float = Bool.random(using: &generator) ? 15 : 31
      var centered = block
      var frame = ingot_line_frame()
      with(block) { kernels.center(&$0, &centered.values, &centered.products, &frame) }
      let plain = PlainKernels.center(block)
      #expect(frame.mean == plain.mean && frame.weight == plain.weight, "seed 54")
      #expect(centered.values.bitPatterns == plain.block.values.bitPatterns, "seed 54")
      #expect(centered.products.bitPatterns == plain.block.products.bitPatterns, "seed 54")
      frame.range = extent.highest - extent.lowest
      frame.lowest = extent.lowest - frame.mean
      frame.highestCode = highest

      let starts = Self.factors(&generator, 6)
      let (count, refits) = (
        Int.random(in: 0...3, using: &generator), Int.random(in: 0...2, using: &generator)
      )
      var fits = KernelState.LineFits()
      let lane = with(centered) { kernels.fitLines(&$0, starts, count, frame, refits, &fits) }
      let lines = PlainKernels.fitLines(centered, Array(starts.prefix(2 * count)), frame, refits: refits)
      #expect(bits(fits) == bits(lines), "seed 54")
      #expect(fits.gains[lane] == fits.gains.max())

      let (scale, minimum) = (frame.range / highest * starts[0][0], extent.lowest * starts[0][1])
      var chosen = block.values
      let error = with(block) { kernels.chooseLine(&$0, scale, minimum, 1 / scale, highest, &chosen) }
      let choice = PlainKernels.chooseLine(block, scale, minimum, 1 / scale, highest)
      #expect(error == choice.error && chosen.bitPatterns == choice.codes.bitPatterns, "seed 54")
      for range in [frame.range, scale.magnitude * 3, 1.875, 0x1.FFCp0, 3] {
        #expect(
          kernels.gridSteps(range, 3, highest) == PlainKernels.gridSteps(range, 3, highest), "seed 54")
      }
    }
  }
}
