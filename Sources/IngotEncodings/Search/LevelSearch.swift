/// The search for the scales of a super-block without minimums.
///
/// Specification: clause E39.4.
struct LevelSearch<Codec: LevelSuperBlock> {
  typealias Vector = SuperBlockValues.Vector

  private let input: SuperBlockValues
  /// The best scales that the last run found.
  private(set) var best = SuperBlockScales()
  /// The scale that gives the largest value of a part the extreme level.
  private var steps = SIMD16<Float>.zero

  @inline(__always) private static var parts: Int { 256 / Codec.partSize }
  @inline(__always) private static var vectors: Int { Codec.partSize / 8 }

  init(_ input: SuperBlockValues) {
    self.input = input
    for part in 0..<Self.parts {
      var largest = Vector.zero
      for index in part &* Self.vectors..<(part &+ 1) &* Self.vectors {
        let value = input.values[index]
        for lane in 0..<8 {
          largest[lane] = value[lane].magnitude > largest[lane] ? value[lane].magnitude : largest[lane]
        }
      }
      let magnitude = largest.max()
      steps[part] = magnitude / -Codec.extremeLevel
      // Values that are few multiples of one number, ternary ones say, want a coarser grid.
      for divisor in 1...Codec.plan.coarseLevels {
        let step = magnitude / Float(divisor)
        if error(part, step) <= magnitude * magnitude * 0x1p-36 {
          steps[part] = step
          break
        }
      }
    }
  }

  @inline(__always)
  private func error(_ part: Int, _ step: Float) -> Float {
    let factor = Codec.finite(Codec.reciprocal(step))
    var sum = Vector.zero
    for index in part &* Self.vectors..<(part &+ 1) &* Self.vectors {
      let value = input.values[index]
      let difference = Codec.levels(value * factor) * step - value
      sum += difference * difference * input.weights[index]
    }
    return sum.total
  }

  /// Looks around one start.
  mutating func run(start: Int) {
    var choice = SuperBlockScales()
    choice.scale = shared(start)
    var least = Float.infinity
    for round in 0..<4 {
      var error: Float = 0
      for part in 0..<Self.parts {
        error += round == 0 ? place(part, &choice) : improve(part, &choice)
      }
      if error >= least { break }
      least = error
      best = choice
      if !solve(&choice) { break }
    }
  }

  /// Of sixteen halves around a start, the one that holds the scales of the parts best.
  private func shared(_ start: Int) -> Float {
    let widest = steps.max() / Float(Codec.scaleRange &- 1) * Codec.plan.starts[start]
    var (best, least) = (Float.zero, Float.infinity)
    for trial in 0..<16 {
      let scale = Self.half(widest * (1 - Float(trial) * 0x1p-10))
      let factor = Codec.finite(Codec.reciprocal(scale))
      var error: Float = 0
      for part in 0..<Self.parts {
        let integer = Rounding.down(min(Float(Codec.scaleRange), steps[part] * factor + 0.5))
        let difference = Float(integer) * scale - steps[part]
        error += difference * difference
      }
      if error < least { (best, least) = (scale, error) }
    }
    return best
  }

  /// The half nearest to a value, at most the largest.
  @inline(__always)
  private static func half(_ value: Float) -> Float {
    HalfPrecision.float(HalfPrecision.bits(max(-65504, min(65504, value))))
  }

  /// Chooses the scale of a part: of those in a range, of both signs, the one with the least error.
  private func place(_ part: Int, _ choice: inout SuperBlockScales) -> Float {
    let center = steps[part] * Codec.finite(Codec.reciprocal(choice.scale))
    let limit = Float(Codec.scaleRange)
    let lowest = Rounding.down(min(limit, center * Codec.plan.scales.lowerBound))
    let highest = Rounding.down(min(limit, center * Codec.plan.scales.upperBound + 1))
    let stride = max(1, (highest &- lowest &+ Codec.plan.count) / Codec.plan.count)
    var least = error(part, 0)
    choice.scales[part] = 0
    var scale = max(1, lowest)
    while scale <= highest {
      for signed in [scale, 0 &- scale] where signed < Codec.scaleRange {
        let error = error(part, choice.scale * Float(signed))
        if error < least {
          least = error
          choice.scales[part] = signed
        }
      }
      scale &+= stride
    }
    return stride == 1 ? least : improve(part, &choice)
  }

  /// Looks at the neighbours of the scale of a part.
  private func improve(_ part: Int, _ choice: inout SuperBlockScales) -> Float {
    let scale = choice.scales[part]
    var least = error(part, choice.scale * Float(scale))
    for neighbour in 0..<2 {
      let scale = neighbour == 0 ? scale &- 1 : scale &+ 1
      guard scale >= 0 &- Codec.scaleRange, scale < Codec.scaleRange else { continue }
      let error = error(part, choice.scale * Float(scale))
      if error < least {
        least = error
        choice.scales[part] = scale
      }
    }
    return least
  }

  /// The half of least squares for the levels of a choice, or `false` if it stays as it is.
  private func solve(_ choice: inout SuperBlockScales) -> Bool {
    var (squares, products) = (0.0, 0.0)
    for part in 0..<Self.parts {
      let scale = Float(choice.scales[part])
      let factor = Codec.finite(Codec.reciprocal(choice.scale * scale))
      var (square, product) = (Vector.zero, Vector.zero)
      for index in part &* Self.vectors..<(part &+ 1) &* Self.vectors {
        let value = input.values[index]
        let level = Codec.levels(value * factor)
        let weighted = level * input.weights[index]
        square += weighted * level
        product += weighted * value
      }
      squares += Double(scale) * Double(scale) * Double(square.total)
      products += Double(scale) * Double(product.total)
    }
    guard squares > 0 else { return false }
    let old = choice.scale
    choice.scale = Self.half(Float(products / squares))
    return choice.scale != old
  }
}
