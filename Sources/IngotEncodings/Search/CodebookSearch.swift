/// The search for the scale, the multipliers and the codes of a super-block with a codebook.
///
/// Each part is first fitted alone, with a scale of any value. Then, for each of a few d, each part gets one of the
/// multipliers around its own scale; and d is solved again for the codes that were found. A ``SearchPlan`` says how
/// many of each.
///
/// Specification: clause E39.5.
struct CodebookSearch<Codec: CodebookCodec> {
  let block: CodebookValues
  /// The block is that of the file times 2^exponent.
  private let exponent: Int
  private let plan: SearchPlan

  /// The scale of each part that fits it best alone.
  private let scales: UnsafeMutablePointer<Float>
  /// What is being tried, and the best so far.
  private var trial: Choice
  var best: Choice

  /// A d, and a multiplier and codes for each part.
  struct Choice {
    var scale: UInt16 = 0
    var error: Float = .infinity
    let fits: UnsafeMutablePointer<PartFit>
    let multipliers: UnsafeMutablePointer<Int>
  }

  /// Hands over a search, with the memory that it needs.
  static func run<Result>(
    _ block: CodebookValues, exponent: Int, plan: SearchPlan, _ body: (inout Self) -> Result
  ) -> Result {
    let parts = Codec.partCount
    return withUnsafeTemporaryAllocation(of: PartFit.self, capacity: parts) { first in
      withUnsafeTemporaryAllocation(of: PartFit.self, capacity: parts) { second in
        withUnsafeTemporaryAllocation(of: Int.self, capacity: 2 * parts) { multipliers in
          withUnsafeTemporaryAllocation(of: Float.self, capacity: parts) { scales in
            first.initialize(repeating: PartFit())
            second.initialize(repeating: PartFit())
            multipliers.initialize(repeating: 0)
            scales.initialize(repeating: 0)
            guard let first = first.baseAddress, let second = second.baseAddress,
              let multipliers = multipliers.baseAddress, let scales = scales.baseAddress
            else { preconditionFailure("an encoding without parts") }
            var search = CodebookSearch(
              block: block, exponent: exponent, plan: plan, scales: scales,
              trial: Choice(fits: first, multipliers: multipliers),
              best: Choice(fits: second, multipliers: multipliers + parts))
            return body(&search)
          }
        }
      }
    }
  }

  /// Finds the best choice.
  mutating func search() {
    // A block of zeros, to begin with.
    best.error = 0
    for index in 0..<256 {
      best.error += block.weights[index] * (block.magnitudes[index] * block.magnitudes[index])
    }
    var largest: Float = 0
    for part in 0..<Codec.partCount {
      scales[part] = bestScale(part)
      largest = max(largest, scales[part])
    }
    guard largest > 0 else { return }
    for index in 0..<plan.oddCount { trySolving(largest / (Codec.unit * plan.odds[index])) }
  }

  /// Tries a d, and those that are solved for the codes that it leads to.
  private mutating func trySolving(_ scale: Float) {
    var bits = half(scale)
    for _ in 0...plan.rounds {
      tryScale(bits)
      var dot: Float = 0
      var norm: Float = 0
      for part in 0..<Codec.partCount {
        let factor = Codec.unit * Float(2 * last.multipliers[part] + 1)
        dot += factor * last.fits[part].dot
        norm += factor * factor * last.fits[part].norm
      }
      guard norm > 0 else { return }
      let next = half(dot / norm)
      if next == bits { return }
      bits = next
    }
  }

  /// What was tried last: it was swapped away if it was the best.
  private var last: Choice { lastIsBest ? best : trial }
  private var lastIsBest = false

  private mutating func tryScale(_ bits: UInt16) {
    trial.scale = bits
    trial.error = 0
    let scale = value(bits) * Codec.unit
    for part in 0..<Codec.partCount {
      let middle = scale > 0 ? (scales[part] / scale - 1) / 2 : 0
      let lower = Int(max(0, min(Float(Codec.multiplierCount - 1), middle)))
      let first = max(0, lower - plan.below)
      let last = scale > 0 ? min(Codec.multiplierCount - 1, lower + plan.above) : first
      var bestError = Float.infinity
      for multiplier in first...last {
        let fit = Codec.fit(part, scale: scale * Float(2 * multiplier + 1), block)
        if fit.error < bestError || multiplier == first {
          bestError = fit.error
          trial.fits[part] = fit
          trial.multipliers[part] = multiplier
        }
      }
      trial.error += bestError
    }
    lastIsBest = trial.error < best.error
    if lastIsBest { swap(&trial, &best) }
  }

  /// The scale of any value that fits a part best.
  private func bestScale(_ part: Int) -> Float {
    let first = part * Codec.elementsPerPart
    var largest: Float = 0
    var squares: Float = 0
    var weights: Float = 0
    for index in first..<first + Codec.elementsPerPart {
      let magnitude = block.magnitudes[index].magnitude
      largest = max(largest, magnitude)
      squares += block.weights[index] * (magnitude * magnitude)
      weights += block.weights[index]
    }
    if squares == 0 { return 0 }
    let mean = (squares / weights).squareRoot() / Codec.usualLevel
    let ofLargest = largest / Codec.referenceLevel
    var bestScale: Float = 0
    var bestError = squares
    for index in 0..<plan.meanCount + plan.largestCount {
      var scale =
        index < plan.meanCount
        ? plan.ofMean[index] * mean : plan.ofLargest[index - plan.meanCount] * ofLargest
      for _ in 0...plan.refits {
        let fit = Codec.fit(part, scale: scale, block)
        if plan.keepsShifts { keepShifts(of: fit, part) }
        if fit.error < bestError { (bestError, bestScale) = (fit.error, scale) }
        let next = fit.dot / fit.norm
        if !(next > 0) || next == scale { break }
        scale = next
      }
    }
    return bestScale
  }

  /// Takes the shifts of a fit for those of all later ones, which halves their cost.
  private func keepShifts(of fit: PartFit, _ part: Int) {
    for place in 0..<Codec.octetsPerPart {
      block.shifts[part * Codec.octetsPerPart + place] = 1 << (fit.marks[place] & 1)
    }
  }

  /// The half nearest to a d, as the block of the file has it.
  func half(_ scale: Float) -> UInt16 {
    let bits = HalfPrecision.bits(scaled(scale, by: -exponent))
    return min(bits, Self.largestHalf)
  }

  func value(_ bits: UInt16) -> Float { scaled(HalfPrecision.float(bits), by: exponent) }

  private static var largestHalf: UInt16 { 0x7BFF }

  private func scaled(_ value: Float, by exponent: Int) -> Float {
    value * Float(sign: .plus, exponent: exponent / 2, significand: 1)
      * Float(sign: .plus, exponent: exponent - exponent / 2, significand: 1)
  }
}
