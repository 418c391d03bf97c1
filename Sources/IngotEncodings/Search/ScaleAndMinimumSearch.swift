import CVectors

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
  /// Whether the codes are those of the choice, and not of a later look.
  private(set) var hasCodes = false
  /// What the starts share.
  private var frame = ingot_line_frame()

  private var lowest: Float { input.lowest }
  private var highest: Float { input.highest }

  init(_ input: ScaledBlock) { self.input = input }

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
    center(range)
    look(.balanced)
    if effort == .best { look(.best) }
    return true
  }

  /// Takes the nearest codes of a scale and a minimum if they have less error.
  @inline(__always)
  @discardableResult
  private mutating func consider(_ scale: UInt16, _ minimum: UInt16) -> Bool {
    let error = chooseCodes(scale, minimum)
    hasCodes = error < self.error
    guard hasCodes else { return false }
    (self.error, self.scale, self.minimum) = (error, scale, minimum)
    return true
  }

  /// The codes nearest to the values, and their error.
  @inline(__always)
  func chooseCodes(_ scale: UInt16, _ minimum: UInt16) -> Double {
    let scale = input.scaled(HalfPrecision.float(scale))
    let minimum = input.scaled(HalfPrecision.float(minimum))
    let factor = Codec.finite(Codec.reciprocal(scale))
    var block = input.block
    return input.kernels.pointee.chooseLine(&block, scale, minimum, factor, Codec.highest, input.levels)
  }

  /// Looks for the scale and minimum of a block that was decoded.
  ///
  /// The range of the values is an integer times the scale, which is a half: few numbers are.
  private mutating func findGrid(_ range: Float) -> Bool {
    // Half of the last place of the largest value, in last places of the range: as much as it may be wrong.
    let tolerance = UInt32(min(0x1000, 2 * input.largest / range)) &+ 1
    var steps = input.kernels.pointee.gridSteps(range, tolerance, Codec.highest)
    while steps != 0 {
      let step = Float(steps.trailingZeroBitCount &+ 1)
      if findGrid(range / step, room: Codec.highest - step) { return true }
      steps &= steps &- 1
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
  private mutating func center(_ range: Float) {
    var block = input.block
    input.kernels.pointee.center(&block, input.centered, input.products, &frame)
    frame.range = range
    frame.lowest = lowest - frame.mean
    frame.highestCode = Codec.highest
  }

  private mutating func look(_ effort: SearchEffort) {
    let plan = Codec.plan
    let count = effort == .best || input.isWeighted ? plan.allCount : plan.plainCount
    var block = input.block
    block.values = UnsafePointer(input.centered)
    var fits = KernelState.LineFits()
    if effort == .balanced {
      let best = input.kernels.pointee.fitLines(
        &block, plan.starts, count, frame, input.isWeighted ? 2 : 1, &fits)
      finish(fits, best, neighbors: 0)
    } else {
      for index in 0..<count {
        var own = KernelState.LineFits()
        _ = input.kernels.pointee.fitLines(&block, plan.starts + 2 &* index, 1, frame, 3, &own)
        let isBetter = own.gains .> fits.gains
        fits.products.replace(with: own.products, where: isBetter)
        fits.squares.replace(with: own.squares, where: isBetter)
        fits.codes.replace(with: own.codes, where: isBetter)
        fits.gains.replace(with: own.gains, where: isBetter)
      }
      _ = input.kernels.pointee.fitLines(&block, plan.starts, 0, frame, 2, &fits)
      for lane in 0..<8 { finish(fits, lane, neighbors: 2) }
    }
  }

  /// Rounds a line to halves: of a few scales, each with the minimum that is best with it.
  private mutating func finish(_ fits: KernelState.LineFits, _ lane: Int, neighbors: Int) {
    guard fits.gains[lane] > 0 else { return }
    let nearest = Int(input.half(fits.products[lane] / fits.squares[lane]))
    for bits in nearest - neighbors...nearest + neighbors where bits >= 0 && bits < 0x7C00 {
      let scale = input.scaled(HalfPrecision.float(UInt16(bits)))
      let half = input.half(frame.mean - fits.codes[lane] * scale)
      consider(UInt16(bits), half)
      if neighbors > 0 {
        if half & 0x7FFF < 0x7BFF { consider(UInt16(bits), half &+ 1) }
        if half & 0x7FFF > 0 { consider(UInt16(bits), half &- 1) }
      }
    }
  }
}
