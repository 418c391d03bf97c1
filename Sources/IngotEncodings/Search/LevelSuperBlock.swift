import CVectors

/// A super-block whose parts have a scale each: value = (d · s) · level.
///
/// Specification: clauses E23.4, E25.3 and E28.3 for the reference encoder, E39.4 for the search.
protocol LevelSuperBlock: SuperBlockCodec {
  /// The level that is largest in magnitude; it is negative.
  static var extremeLevel: Float { get }
  /// The scales of a part: from -n to n - 1.
  static var scaleRange: Int32 { get }
  /// How widely to search.
  static var plan: LevelSearchPlan { get }

  /// The levels nearest to the lanes of a vector.
  static func levels(_ vector: SIMD8<Float>) -> SIMD8<Float>

  /// Stores a block from the levels of its values, in their order.
  static func store(
    _ scales: SuperBlockScales, levels: UnsafePointer<SIMD8<Float>>, into block: UnsafeMutableRawPointer)
}

/// How widely to search.
struct LevelSearchPlan: Sendable {
  /// The levels as the kernels know them.
  let levels: ingot_levels
  let balanced: LevelStarts
  let best: LevelStarts
}

/// Where a search starts.
struct LevelStarts: Sendable {
  /// Factors, as parts of the one that gives the largest value of a part the extreme level, with the sign of that.
  let factors: PlanNumbers
  /// More such factors, for values that are few multiples of one number, ternary ones say.
  let coarse: PlanNumbers
  /// Quotients of the largest scale of a part and the scale of scales.
  let divisors: PlanNumbers
  /// How many scales of scales to look around.
  let runs: Int
  /// How often at most the scale of scales is solved for.
  let rounds: Int
  /// All factors.
  var count: Int { factors.count + coarse.count }

  init(factors: [Float], coarse: [Float], divisors: [Float], runs: Int, rounds: Int) {
    self.factors = PlanNumbers(factors)
    self.coarse = PlanNumbers(coarse)
    self.divisors = PlanNumbers(divisors)
    self.runs = runs
    self.rounds = rounds
  }
}

extension LevelSuperBlock {
  static func encode(_ values: UnsafePointer<Float>, into block: UnsafeMutableRawPointer) -> Bool {
    guard BlockValues.largestMagnitude(values, count: 256) != nil else { return false }
    var extremes = SIMD16<Float>.zero
    for part in 0..<256 / partSize {
      extremes[part] = BlockValues.extreme(values + part &* partSize, count: partSize) ?? 0
    }
    guard let choice = reference(extremes) else { return false }
    store(choice, into: block) { UnsafeRawPointer(values + 8 &* $0).loadUnaligned(as: SIMD8<Float>.self) }
    return true
  }

  /// The scales that the reference encoder gives parts with certain extreme values, or `nil` if they are too large.
  @inline(__always)
  static func reference(_ extremes: SIMD16<Float>) -> SuperBlockScales? {
    let steps = extremes / extremeLevel
    var widest: Float = 0
    for part in 0..<256 / partSize where steps[part].magnitude > widest.magnitude { widest = steps[part] }
    let scale = widest / Float(0 &- scaleRange)
    guard scale.magnitude.bitPattern < HalfPrecision.overflow else { return nil }
    let factor = finite(reciprocal(scale))
    var choice = SuperBlockScales()
    choice.scale = HalfPrecision.float(HalfPrecision.bits(scale))
    for part in 0..<256 / partSize {
      let limited = max(Float(0 &- scaleRange), min(Float(scaleRange &- 1), steps[part] * factor))
      choice.scales[part] = Rounding.halfAwayFromZero(limited)
    }
    return choice
  }

  /// Lends the codes of integer levels, which begin at zero.
  @inline(__always)
  static func withCodes(
    _ levels: UnsafePointer<SIMD8<Float>>, lowest: Float, _ body: (UnsafePointer<UInt8>) -> Void
  ) {
    withUnsafeTemporaryAllocation(of: SIMD8<UInt8>.self, capacity: 32) { codes in
      guard let codes = codes.baseAddress else { return }
      for index in 0..<32 {
        // The last bits of a number from 2^23 on are those of the integer.
        let bits = unsafeBitCast((levels[index] - lowest) + 0x1p23, to: SIMD8<UInt32>.self)
        codes[index] = SIMD8<UInt8>(truncatingIfNeeded: bits)
      }
      body(UnsafeRawPointer(codes).assumingMemoryBound(to: UInt8.self))
    }
  }

  /// Stores a block with the levels that its scales give.
  @inline(__always)
  static func store(
    _ choice: SuperBlockScales, into block: UnsafeMutableRawPointer, values: (Int) -> SIMD8<Float>
  ) {
    withUnsafeTemporaryAllocation(of: SIMD8<Float>.self, capacity: 32) { chosen in
      guard let chosen = chosen.baseAddress else { return }
      for index in 0..<32 {
        let factor = finite(reciprocal(choice.scale * Float(choice.scales[8 &* index / partSize])))
        chosen[index] = levels(values(index) * factor)
      }
      store(choice, levels: chosen, into: block)
    }
  }

  static func search(
    _ input: SuperBlockValues, effort: SearchEffort, into block: UnsafeMutableRawPointer
  ) -> Bool {
    let search = LevelSearch<Self>(input)
    guard let reference = reference(search.extremes) else { return false }
    if effort == .balanced {
      let found = search.run(plan.balanced)
      // Where the first of two extremes counts, the lanes do not tell which it is.
      if !search.hasTies, search.error(of: reference) > found.error * (1 + 0x1p-10) {
        store(found.scales, into: block) { input[$0] }
        return true
      }
    }
    guard encode(input.values, into: block) else { return false }
    withUnsafeTemporaryAllocation(byteCount: bytesPerBlock, alignment: 4) { candidate in
      guard let candidate = candidate.baseAddress else { return }
      func take(_ choice: SuperBlockScales) {
        store(choice, into: candidate) { input[$0] }
        improve(block, with: candidate, input)
      }
      take(search.run(plan.balanced).scales)
      if effort == .best { search.run(plan.best) { take($0) } }
    }
    return true
  }
}
