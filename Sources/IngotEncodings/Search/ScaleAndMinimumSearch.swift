/// The search for a scale and a minimum.
///
/// Of codes that are fixed, the line of least squares through the points (code, value) gives both. With x counted from the weighted mean, and
/// W = Σ w, Q = Σ w·q, A = Σ w·q·x, B = Σ w·q² − Q² / W, the scale is A / B and the error Σ w·x² − A² / B.
///
/// Specification: clause E39.3.
struct ScaleAndMinimumSearch<Codec: ScaleAndMinimumCodec> {
  typealias Vector = SIMD8<Float>

  private let input: ScaledBlock
  /// The error of the best choice so far.
  private var error = Double.infinity
  private(set) var scale: UInt16 = 0
  private(set) var minimum: UInt16 = 0
  private var lowest: Float
  private var highest: Float
  /// The weighted mean of the values, and the sum of the weights.
  private var mean: Float = 0
  private var weight: Float = 0

  init(_ input: ScaledBlock) {
    self.input = input
    var low = input.vector(input.values, 0)
    var high = low
    var products = Vector.zero
    var weights = Vector.zero
    for index in stride(from: 0, to: Codec.elementsPerBlock, by: 8) {
      let value = input.vector(input.values, index)
      low.replace(with: value, where: value .< low)
      high.replace(with: value, where: value .> high)
      products += input.vector(input.products, index)
      weights += input.vector(input.weights, index)
    }
    lowest = low[0]
    highest = high[0]
    for lane in 1..<8 {
      lowest = min(lowest, low[lane])
      highest = max(highest, high[lane])
    }
    weight = weights.total
    mean = products.total / weight
  }

  /// Looks for a choice, or returns `false` if the values lie beyond all scales.
  mutating func run(_ effort: SearchEffort) -> Bool {
    let limit = input.scaled(65520)
    guard lowest > -limit, highest < limit * (Codec.highest + 1) else { return false }
    let range = highest - lowest
    let floor = input.half(lowest)
    if range == 0 {
      // What the minimum leaves is a scale for code 1.
      consider(0, floor)
      consider(input.half(lowest - input.scaled(HalfPrecision.float(floor))), floor)
      return true
    }
    consider(input.half(range / Codec.highest), floor)
    if error == 0 || findGrid(range) { return true }
    center()
    look(range, .balanced)
    if effort == .best { look(range, .best) }
    return true
  }

  /// Takes the nearest codes of a scale and a minimum if they have less error.
  @inline(__always)
  @discardableResult
  private mutating func consider(_ scale: UInt16, _ minimum: UInt16) -> Bool {
    let error = chooseCodes(scale, minimum)
    guard error < self.error else { return false }
    (self.error, self.scale, self.minimum) = (error, scale, minimum)
    return true
  }

  /// The codes nearest to the values, and their error.
  @inline(__always)
  func chooseCodes(_ scale: UInt16, _ minimum: UInt16) -> Double {
    let scale = input.scaled(HalfPrecision.float(scale))
    let minimum = input.scaled(HalfPrecision.float(minimum))
    let factor = Codec.finite(Codec.reciprocal(scale))
    var sum = SIMD8<Double>.zero
    for index in stride(from: 0, to: Codec.elementsPerBlock, by: 8) {
      let value = input.vector(input.values, index)
      let code = ((value - minimum) * factor).integers(from: 0, to: Codec.highest)
      input.setVector(input.levels, index, code)
      let difference = code * scale + minimum - value
      sum += SIMD8<Double>(difference * difference * input.vector(input.weights, index))
    }
    return ScaledBlock.total(sum)
  }

  /// Looks for the scale and minimum of a block that was decoded.
  ///
  /// The range of the values is an integer times the scale, which is a half: few numbers are.
  private mutating func findGrid(_ range: Float) -> Bool {
    // Half of the last place of the largest value, in last places of the range: as much as it may be wrong.
    let tolerance = UInt32(min(0x1000, 2 * input.largest / range)) &+ 1
    for first in stride(from: Float(1), through: Codec.highest, by: 8) {
      let steps = Vector(0, 1, 2, 3, 4, 5, 6, 7) + first
      let scales = Vector(repeating: range) / steps
      let rests = (unsafeBitCast(scales, to: SIMD8<UInt32>.self) &+ tolerance) & 0x1FFF
      guard any(rests .<= 2 &* tolerance) else { continue }
      for lane in 0..<8 where rests[lane] <= 2 &* tolerance && steps[lane] <= Codec.highest {
        if findGrid(scales[lane], room: Codec.highest - steps[lane]) { return true }
      }
    }
    return false
  }

  private mutating func findGrid(_ scale: Float, room: Float) -> Bool {
    let bits = input.half(scale)
    let scale = input.scaled(HalfPrecision.float(bits))
    for below in stride(from: Float(0), through: room, by: 1) {
      let minimum = lowest - below * scale
      let half = input.half(minimum)
      let rest = (input.scaled(HalfPrecision.float(half)) - minimum).magnitude
      if rest <= input.largest * 0x1p-22 { consider(bits, half) }
      if error == 0 { return true }
    }
    return false
  }

  /// Makes the values count from the weighted mean, for sums that cancel less.
  private func center() {
    for index in stride(from: 0, to: Codec.elementsPerBlock, by: 8) {
      let centered = input.vector(input.values, index) - mean
      input.setVector(input.centered, index, centered)
      input.setVector(input.products, index, centered * input.vector(input.weights, index))
    }
  }

  private mutating func look(_ range: Float, _ effort: SearchEffort) {
    let plan = Codec.plan
    let count = effort == .best ? plan.bestCount : input.isWeighted ? plan.weightedCount : plan.plainCount
    var fits = Fits()
    for index in 0..<count {
      let (parts, anchors) = plan.starts[index]
      let factors = parts * (Codec.highest / range)
      let offsets = anchors * Codec.highest - (anchors * range + (lowest - mean)) * factors
      if effort == .balanced {
        fit(factors, offsets, &fits)
      } else {
        var own = Fits()
        fit(factors, offsets, &own)
        for _ in 0..<3 { refit(&own) }
        fits.merge(own)
      }
    }
    for _ in 0..<2 { refit(&fits) }
    if effort == .balanced {
      finish(fits, fits.best, neighbors: 0)
    } else {
      for lane in 0..<8 { finish(fits, lane, neighbors: 2) }
    }
  }

  /// Rounds a line to halves: of a few scales, each with the minimum that is best with it.
  private mutating func finish(_ fits: Fits, _ lane: Int, neighbors: Int) {
    guard fits.gains[lane] > 0 else { return }
    let nearest = Int(input.half(fits.products[lane] / fits.squares[lane]))
    for bits in nearest - neighbors...nearest + neighbors where bits >= 0 && bits < 0x7C00 {
      let scale = input.scaled(HalfPrecision.float(UInt16(bits)))
      let half = input.half(mean - fits.codes[lane] * scale)
      consider(UInt16(bits), half)
      if neighbors > 0 {
        if half & 0x7FFF < 0x7BFF { consider(UInt16(bits), half &+ 1) }
        if half & 0x7FFF > 0 { consider(UInt16(bits), half &- 1) }
      }
    }
  }

  /// In each lane, the sums of the best codes so far: A, B and Q / W.
  private struct Fits {
    var products = Vector.zero
    var squares = Vector(repeating: 1)
    var codes = Vector.zero
    var gains = Vector.zero

    /// The lane with the least error.
    var best: Int {
      var best = 0
      for lane in 1..<8 where gains[lane] > gains[best] { best = lane }
      return best
    }

    @inline(__always)
    mutating func merge(_ other: Fits) {
      // False for the quotient of zeros.
      let isBetter = other.gains .> gains
      products.replace(with: other.products, where: isBetter)
      squares.replace(with: other.squares, where: isBetter)
      codes.replace(with: other.codes, where: isBetter)
      gains.replace(with: other.gains, where: isBetter)
    }
  }

  /// Looks at the codes that the best lines give.
  @inline(__always)
  private func refit(_ fits: inout Fits) { fit(fits.squares / fits.products, fits.codes, &fits) }

  @inline(__always)
  private func fit(_ factors: Vector, _ offsets: Vector, _ fits: inout Fits) {
    var sums =
      input.isWeighted
      ? Self.weightedSums(input, factors, offsets) : Self.plainSums(input.centered, factors, offsets)
    sums.codes /= weight
    sums.squares -= sums.codes * sums.codes * weight
    sums.gains = sums.products * sums.products / sums.squares
    sums.gains.replace(with: 0, where: sums.products .<= 0)
    fits.merge(sums)
  }

  // Not inlined: with the factors in registers from the start, the compiler keeps the lanes together.
  @inline(never)
  private static func plainSums(_ values: UnsafePointer<Float>, _ factors: Vector, _ offsets: Vector) -> Fits
  {
    var (products, squares, codes) = (Vector.zero, Vector.zero, Vector.zero)
    for index in 0..<Codec.elementsPerBlock {
      let value = values[index]
      let code = (factors * value + offsets).integers(from: 0, to: Codec.highest)
      products += code * value
      squares += code * code
      codes += code
    }
    var fits = Fits()
    (fits.products, fits.squares, fits.codes) = (products, squares, codes)
    return fits
  }

  @inline(never)
  private static func weightedSums(_ input: ScaledBlock, _ factors: Vector, _ offsets: Vector) -> Fits {
    var (products, squares, codes) = (Vector.zero, Vector.zero, Vector.zero)
    for index in 0..<Codec.elementsPerBlock {
      let code = (factors * input.centered[index] + offsets).integers(from: 0, to: Codec.highest)
      let weighted = code * input.weights[index]
      products += code * input.products[index]
      squares += code * weighted
      codes += weighted
    }
    var fits = Fits()
    (fits.products, fits.squares, fits.codes) = (products, squares, codes)
    return fits
  }
}
