import CVectors

/// The search for the scale of a block: a half, since that is how it is stored.
///
/// Of codes that are fixed, with A = Σ w·x·level and B = Σ w·level², the best scale is A / B, and with it the error is
/// Σ w·x² - A²/B.
///
/// Specification: clause E39.2.
struct OneScaleSearch<Codec: OneScaleCodec> {
  typealias Vector = SIMD8<Float>

  let input: ScaledBlock
  /// The error of the best choice so far.
  private(set) var error = Double.infinity
  /// Its scale.
  private(set) var choice: UInt16 = 0
  /// Whether the levels are those of the choice, and not of a later look.
  private(set) var hasLevels = false

  init(_ input: ScaledBlock) { self.input = input }

  /// Takes a scale if it gives less error.
  @inline(__always)
  mutating func consider(_ scale: UInt16) {
    let error = chooseLevels(scale)
    hasLevels = error < self.error
    if hasLevels {
      self.error = error
      choice = scale
    }
  }

  /// The levels nearest to the values, and their error.
  @inline(__always)
  @discardableResult
  func chooseLevels(_ scale: UInt16) -> Double {
    let scale = input.scaled(HalfPrecision.float(scale))
    let factor = Codec.finite(Codec.reciprocal(scale))
    var block = input.block
    return input.kernels.pointee.choose(Codec.plan.kernelLevels, &block, scale, factor, input.levels)
  }

  /// Looks at the factors of the plan, then around the best of them.
  mutating func look() {
    let plan = Codec.plan
    var fits = KernelState.Fits()
    var block = input.block
    let best = input.kernels.pointee.fit(
      plan.kernelLevels, &block, plan.factors, input.isWeighted ? plan.weightedCount : plan.plainCount,
      plan.extreme / input.largest, &fits)
    guard fits.products[best] != 0 else { return }
    consider(input.half(fits.products[best] / fits.squares[best]))
  }

  /// Looks for a scale of which all values are exact multiples by levels.
  ///
  /// If all values are multiples of some number that is no half, those next to it and to its parts are tried.
  mutating func findGrid() -> Bool {
    guard input.isCoarse, let step = input.commonStep(limit: Codec.plan.extreme) else { return false }
    let multiples = Int(Codec.plan.extreme * step / input.largest)
    guard multiples > 0 else { return false }
    for divisor in 1...multiples {
      let scale = step / Float(divisor)
      let bits = input.half(scale)
      for candidate in [bits, bits | 0x8000] {
        consider(candidate)
        if input.scaled(HalfPrecision.float(bits)) == scale, isExact(candidate) {
          choice = candidate
          hasLevels = true
          return true
        }
      }
    }
    return false
  }

  private func isExact(_ scale: UInt16) -> Bool {
    let scale = input.scaled(HalfPrecision.float(scale))
    for index in stride(from: 0, to: Codec.elementsPerBlock, by: 8) {
      let value = input.vector(input.values, index)
      if Codec.levels(value / scale) * scale != value { return false }
    }
    return true
  }
}

extension ScaledBlock {
  /// The largest number of which all values are multiples, if that makes the largest at most `limit` of it.
  @inline(__always)
  func commonStep(limit: Float) -> Float? {
    var step = Int32(largest * 0x1p23)
    guard Float(step) == largest * 0x1p23 else { return nil }
    let lowest = step / Int32(limit)
    for index in 0..<count {
      let scaled = values[index].magnitude * 0x1p23
      var rest = Int32(scaled)
      guard Float(rest) == scaled else { return nil }
      while rest != 0 { (step, rest) = (rest, step % rest) }
      if step < lowest { return nil }
    }
    return Float(step) * 0x1p-23
  }
}
