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

  init(_ input: ScaledBlock) { self.input = input }

  /// Takes a scale if it gives less error.
  @inline(__always)
  mutating func consider(_ scale: UInt16) {
    let error = chooseLevels(scale)
    if error < self.error {
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
    var sum = SIMD8<Double>.zero
    for index in stride(from: 0, to: Codec.elementsPerBlock, by: 8) {
      let value = input.vector(input.values, index)
      let level = Codec.levels(value * factor)
      input.setVector(input.levels, index, level)
      let difference = level * scale - value
      sum += SIMD8<Double>(difference * difference * input.vector(input.weights, index))
    }
    return ScaledBlock.total(sum)
  }

  /// Looks at the factors of the plan, then around the best of them.
  mutating func look() {
    let plan = Codec.plan
    let unit = plan.extreme / input.largest
    var fits = Fits()
    for index in 0..<(input.isWeighted ? plan.weightedCount : plan.plainCount) {
      fit(plan.factors[index] * unit, &fits)
    }
    fit(fits.squares / fits.products, &fits)
    let best = fits.best
    guard best.product != 0 else { return }
    consider(input.half(best.product / best.squares))
  }

  /// In each lane, the sums A and B of the best codes so far.
  struct Fits {
    var products = Vector.zero
    var squares = Vector(repeating: 1)
    var gains = Vector.zero

    /// The best of all lanes.
    @inline(__always)
    var best: (product: Float, squares: Float) {
      var best = 0
      for lane in 1..<8 where gains[lane] > gains[best] { best = lane }
      return (products[best], squares[best])
    }
  }

  /// Looks at eight factors at once.
  @inline(__always)
  private func fit(_ factors: Vector, _ fits: inout Fits) {
    let (products, squares) =
      input.isWeighted ? Self.weightedSums(input, factors) : Self.plainSums(input.values, factors)
    let gains = products * products / squares
    // False for the quotient of zeros.
    let isBetter = gains .> fits.gains
    fits.products.replace(with: products, where: isBetter)
    fits.squares.replace(with: squares, where: isBetter)
    fits.gains.replace(with: gains, where: isBetter)
  }

  // Not inlined: with the factors in registers from the start, the compiler keeps the lanes together.
  @inline(never)
  private static func plainSums(
    _ values: UnsafePointer<Float>, _ factors: Vector
  ) -> (products: Vector, squares: Vector) {
    var products = Vector.zero
    var squares = Vector.zero
    for index in 0..<Codec.elementsPerBlock {
      let value = values[index]
      let level = Codec.levels(factors * value)
      products += level * value
      squares += level * level
    }
    return (products, squares)
  }

  @inline(never)
  private static func weightedSums(
    _ input: ScaledBlock, _ factors: Vector
  ) -> (products: Vector, squares: Vector) {
    var products = Vector.zero
    var squares = Vector.zero
    for index in 0..<Codec.elementsPerBlock {
      let level = Codec.levels(factors * input.values[index])
      products += level * input.products[index]
      squares += level * level * input.weights[index]
    }
    return (products, squares)
  }

  /// Looks for a scale of which all values are exact multiples by levels.
  ///
  /// If all values are multiples of some number that is no half, those next to it and to its parts are tried.
  mutating func findGrid() -> Bool {
    guard let step = input.commonStep(limit: Codec.plan.extreme) else { return false }
    let multiples = Int(Codec.plan.extreme * step / input.largest)
    guard multiples > 0 else { return false }
    for divisor in 1...multiples {
      let scale = step / Float(divisor)
      let bits = input.half(scale)
      for candidate in [bits, bits | 0x8000] {
        consider(candidate)
        if input.scaled(HalfPrecision.float(bits)) == scale, isExact(candidate) {
          choice = candidate
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
