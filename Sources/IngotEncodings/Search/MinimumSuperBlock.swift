/// A super-block whose parts have a scale and a minimum each: value = (d · s) · q - n · m.
///
/// Specification: clause E26.4 for the reference encoder, E39.4 for the search.
protocol MinimumSuperBlock: SuperBlockCodec {
  /// The largest code.
  static var largestCode: Int32 { get }
  /// The largest scale and minimum of a part.
  static var largestScale: Int32 { get }
  /// How widely to search.
  static var plan: MinimumSearchPlan { get }

  /// Stores a block; the codes are in the order of the values.
  static func store(
    _ scales: SuperBlockScales, codes: UnsafePointer<UInt8>, into block: UnsafeMutableRawPointer)
}

extension MinimumSuperBlock {
  static func encode(_ values: UnsafePointer<Float>, into block: UnsafeMutableRawPointer) -> Bool {
    guard BlockValues.largestMagnitude(values, count: 256) != nil else { return false }
    var (lowest, highest) = (SIMD16<Float>.zero, SIMD16<Float>.zero)
    for part in 0..<256 / partSize {
      let values = values + part &* partSize
      // Not in the lanes themselves, which the compiler would write to memory for each value.
      var (least, most) = (values[0], values[0])
      for index in 1..<partSize {
        least = values[index] < least ? values[index] : least
        most = values[index] > most ? values[index] : most
      }
      (lowest[part], highest[part]) = (least, most)
    }
    guard let choice = reference(lowest, highest) else { return false }
    return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 256) { codes in
      guard let codes = codes.baseAddress else { return false }
      for part in 0..<256 / partSize {
        let factor = finite(reciprocal(choice.scale * Float(choice.scales[part])))
        let offset = choice.minimum * Float(choice.minimums[part])
        for index in part &* partSize..<(part &+ 1) &* partSize {
          let code = Rounding.down(min(Float(largestCode), max(0, (values[index] + offset) * factor + 0.5)))
          codes[index] = UInt8(truncatingIfNeeded: code)
        }
      }
      store(choice, codes: codes, into: block)
      return true
    }
  }

  /// The scales and minimums that the reference encoder gives parts with certain ranges, or `nil` if they are too large.
  @inline(__always)
  static func reference(_ lowest: SIMD16<Float>, _ highest: SIMD16<Float>) -> SuperBlockScales? {
    let parts = 256 / partSize
    var steps = SIMD16<Float>.zero
    var depths = SIMD16<Float>.zero
    var largestStep: Float = 0
    var largestDepth: Float = 0
    for part in 0..<parts {
      let lowest = lowest[part] < 0 ? lowest[part] : 0
      steps[part] = (highest[part] - lowest) / Float(largestCode)
      depths[part] = 0 - lowest
      largestStep = steps[part] > largestStep ? steps[part] : largestStep
      largestDepth = depths[part] > largestDepth ? depths[part] : largestDepth
    }
    let limit = Float(largestScale)
    let scale = largestStep / limit
    let minimum = largestDepth / limit
    guard scale.bitPattern < HalfPrecision.overflow, minimum.bitPattern < HalfPrecision.overflow else {
      return nil
    }
    let stepFactor = finite(reciprocal(scale))
    let depthFactor = finite(reciprocal(minimum))
    var choice = SuperBlockScales()
    choice.scale = HalfPrecision.float(HalfPrecision.bits(scale))
    choice.minimum = HalfPrecision.float(HalfPrecision.bits(minimum))
    for part in 0..<parts {
      choice.scales[part] = Rounding.down(min(limit, steps[part] * stepFactor + 0.5))
      choice.minimums[part] = Rounding.down(min(limit, depths[part] * depthFactor + 0.5))
    }
    return choice
  }

  static func search(
    _ input: SuperBlockValues, effort: SearchEffort, into block: UnsafeMutableRawPointer
  ) -> Bool {
    let search = MinimumSearch<Self>(input)
    guard let reference = reference(search.lowest, search.highest) else { return false }
    let own = input.weights == nil ? plan.balanced : plan.weighted
    if effort == .balanced {
      let found = search.run(own)
      // Errors next to nothing are to be compared as decoded.
      if found.error > search.negligible, search.error(of: reference) > found.error * (1 + 0x1p-10) {
        store(found.scales, input, into: block)
        return true
      }
    }
    guard encode(input.values, into: block) else { return false }
    withUnsafeTemporaryAllocation(byteCount: bytesPerBlock, alignment: 4) { candidate in
      guard let candidate = candidate.baseAddress else { return }
      func take(_ choice: SuperBlockScales) {
        store(choice, input, into: candidate)
        improve(block, with: candidate, input)
      }
      take(search.run(own).scales)
      if effort == .best { search.run(plan.best) { take($0) } }
    }
    return true
  }

  /// Stores a block with the codes that its scales and minimums give.
  private static func store(
    _ choice: SuperBlockScales, _ input: SuperBlockValues, into block: UnsafeMutableRawPointer
  ) {
    withUnsafeTemporaryAllocation(of: SIMD8<UInt8>.self, capacity: 32) { codes in
      guard let codes = codes.baseAddress else { return }
      for part in 0..<256 / partSize {
        let factor = factor(choice.scale * Float(choice.scales[part]))
        let depth = choice.minimum * Float(choice.minimums[part])
        for index in part &* partSize / 8..<(part &+ 1) &* partSize / 8 {
          let code = ((input[index] + depth) * factor).limited(0, Float(largestCode))
          // The last bits of a number from 2^23 on are those of the integer.
          let bits = unsafeBitCast(code + 0x1p23, to: SIMD8<UInt32>.self)
          codes[index] = SIMD8<UInt8>(truncatingIfNeeded: bits)
        }
      }
      store(choice, codes: UnsafeRawPointer(codes).assumingMemoryBound(to: UInt8.self), into: block)
    }
  }
}

/// How widely to search.
struct MinimumSearchPlan: Sendable {
  let balanced: MinimumStarts
  /// That of `balanced` for blocks with weights.
  let weighted: MinimumStarts
  let best: MinimumStarts

  init(balanced: MinimumStarts, weighted: MinimumStarts? = nil, best: MinimumStarts) {
    self.balanced = balanced
    self.weighted = weighted ?? balanced
    self.best = best
  }
}

/// Where a search starts.
struct MinimumStarts: Sendable {
  /// The fits of a part: how many codes wide its range is beside the highest code, and the place in it that keeps its code; in turn.
  let ranges: PlanNumbers
  /// The steps of least squares from each.
  let refits: Int
  /// Quotients of the largest scale of a part and the scale of scales, and of the largest minimum and that of minimums.
  let divisors: PlanNumbers
  let depthDivisors: PlanNumbers
  /// How many pairs of scales to look around.
  let runs: Int
  /// How often at most the scales of scales and minimums are solved for.
  let rounds: Int

  /// Takes each of some widths with each of some anchors, 0 the lowest value, 1 the highest; and more such pairs.
  init(
    widths: [Float], anchors: [Float], also: [Float] = [], refits: Int, divisors: [Float],
    depthDivisors: [Float], runs: Int,
    rounds: Int
  ) {
    // A range as wide as the codes has the same codes from each anchor.
    ranges = PlanNumbers(
      widths.flatMap { width in (width == 0 ? [0] : anchors).flatMap { [width, $0] } } + also)
    self.refits = refits
    self.divisors = PlanNumbers(divisors)
    self.depthDivisors = PlanNumbers(depthDivisors)
    self.runs = runs
    self.rounds = rounds
  }
}
