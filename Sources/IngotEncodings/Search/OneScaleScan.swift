import CVectors

/// For encodings of so many levels that codes change more often than the halves do: a look at the scales themselves.
extension OneScaleSearch {
  /// Looks at every half that can have less error.
  mutating func scanAll() {
    scanAll(sign: 1)
    scanAll(sign: -1)
  }

  private mutating func scanAll(sign: Float) {
    guard let range = factors(sign) else { return }
    let highest = input.half(1 / range.lowerBound)
    let lowest = input.half(1 / range.upperBound)
    guard lowest <= highest else { return }
    for group in 0...(highest &- lowest) / 8 {
      let top = highest &- 8 &* group
      scan(top > 8 ? top &- 7 : 1, sign)
    }
  }

  /// Looks at a half and the seven after it.
  @inline(__always)
  private mutating func scan(_ lowest: UInt16, _ sign: Float) {
    var scales = Vector.zero
    if lowest >= 0x400 && lowest < 0x7BF8 {
      // Of normal halves, exponent and fraction together count as those of Float32 do, 2^13 as fast.
      let bits = SIMD8<UInt32>(0, 1, 2, 3, 4, 5, 6, 7) &+ UInt32(lowest)
      scales = unsafeBitCast(bits &<< 13 &+ (127 &- 15) &<< 23, to: Vector.self)
    } else {
      for lane in 0..<8 { scales[lane] = HalfPrecision.float(min(0x7BFF, lowest &+ UInt16(lane))) }
    }
    let limit = Float(error) * 1.000_1
    let errors = Self.errors(input, input.scaled(scales) * sign, below: limit)
    guard any(errors .< limit) else { return }
    for lane in 0..<8 where errors[lane] < limit {
      let bits = min(0x7BFF, lowest &+ UInt16(lane))
      consider(sign < 0 ? bits | 0x8000 : bits)
    }
  }

  /// The errors of eight scales, or where none is below a limit, parts of them that are not below it either.
  @inline(never)
  private static func errors(_ input: ScaledBlock, _ scales: Vector, below limit: Float) -> Vector {
    let factors = Vector(repeating: 1) / scales
    var errors = Vector.zero
    for part in 0..<Codec.elementsPerBlock / 8 {
      for index in 8 &* part..<8 &* part &+ 8 {
        let value = input.values[index]
        let difference = Codec.levels(factors * value) * scales - value
        errors += difference * difference * input.weights[index]
      }
      guard any(errors .< limit) else { break }
    }
    return errors
  }

  /// Looks at some scales near that of the reference encoder, and for the best scale for the codes of each.
  ///
  /// With the difference r = level · d − x of each value, the best scale is d − Σ w·r·level / Σ w·level², and the error
  /// Σ w·r² − (Σ w·r·level)² / Σ w·level². Here Σ w·x² / d² stands for Σ w·level².
  mutating func scanSome() {
    let plan = Codec.plan
    var trials = KernelState.Trials()
    let count = input.isWeighted ? plan.weightedCount : plan.plainCount
    let scale = trace(plan.factors, count, plan.extreme / input.largest, &trials)
    var nearby = plan.nearby
    consider(input.half(trace(&nearby, 1, 1 / scale, &trials)))
  }

  /// Looks at some factors, and gives the best scale of all so far.
  @inline(__always)
  private func trace(
    _ factors: UnsafePointer<Vector>, _ count: Int, _ unit: Float, _ trials: inout KernelState.Trials
  ) -> Float {
    var block = input.block
    let best = input.kernels.pointee.trace(
      Codec.plan.kernelLevels, &block, factors, count, unit, Float(input.energy), &trials)
    return trials.scales[best]
  }
}
