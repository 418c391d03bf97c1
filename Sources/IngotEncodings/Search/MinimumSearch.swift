/// The search for the scales and minimums of a super-block.
///
/// Specification: clause E39.4.
struct MinimumSearch<Codec: MinimumSuperBlock> {
  typealias Vector = SuperBlockValues.Vector

  /// Sums over the codes of a part.
  private struct Sums {
    /// Σ w·q.
    var codes: Float = 0
    /// Σ w·q².
    var squares: Float = 0
    /// Σ w·q·x.
    var products: Float = 0
  }

  private let input: SuperBlockValues
  private var best = SuperBlockScales()
  private var steps = SIMD16<Float>.zero
  private var depths = SIMD16<Float>.zero
  /// Σ w and Σ w·x of each part.
  private var weights = SIMD16<Float>.zero
  private var values = SIMD16<Float>.zero
  /// Σ w·q² of the fit of each part.
  private var squares = SIMD16<Float>.zero

  @inline(__always) private static var parts: Int { 256 / Codec.partSize }
  @inline(__always) private static var vectors: Int { Codec.partSize / 8 }

  init(_ input: SuperBlockValues) {
    self.input = input
    for part in 0..<Self.parts { fit(part) }
  }

  /// The factor that takes values to codes, 0 if there is none.
  @inline(__always)
  private static func factor(_ step: Float) -> Float { step.magnitude > 0x1p-100 ? 1 / step : 0 }

  @inline(__always)
  private func error(_ part: Int, _ step: Float, _ depth: Float) -> Float {
    let factor = Self.factor(step)
    var sum = Vector.zero
    for index in part &* Self.vectors..<(part &+ 1) &* Self.vectors {
      let value = input.values[index]
      let code = ((value + depth) * factor).limited(0, Float(Codec.largestCode)).roundedToEven
      let difference = (code * step - depth) - value
      sum += difference * difference * input.weights[index]
    }
    return sum.total
  }

  @inline(__always)
  private func sums(_ part: Int, _ step: Float, _ depth: Float) -> Sums {
    let factor = Self.factor(step)
    var codes = Vector.zero
    var squares = Vector.zero
    var products = Vector.zero
    for index in part &* Self.vectors..<(part &+ 1) &* Self.vectors {
      let value = input.values[index]
      let code = ((value + depth) * factor).limited(0, Float(Codec.largestCode)).roundedToEven
      let weighted = code * input.weights[index]
      codes += weighted
      squares += weighted * code
      products += weighted * value
    }
    return Sums(codes: codes.total, squares: squares.total, products: products.total)
  }

  /// Fits a part by itself, as if every scale and minimum could be stored.
  private mutating func fit(_ part: Int) {
    var lowest = Vector(repeating: 0)
    var highest = input.values[part &* Self.vectors]
    var weight = Vector.zero
    var value = Vector.zero
    for index in part &* Self.vectors..<(part &+ 1) &* Self.vectors {
      let vector = input.values[index]
      lowest = lowest.replacing(with: vector, where: vector .< lowest)
      highest = highest.replacing(with: vector, where: vector .> highest)
      weight += input.weights[index]
      value += input.weights[index] * vector
    }
    weights[part] = weight.total
    values[part] = value.total
    let low = lowest.min()
    let high = highest.max()
    let largest = Float(Codec.largestCode)
    var most = -Float.infinity
    for width in Codec.plan.widths {
      let step = (high - low) / (largest + width)
      for anchor in 0..<(width == 0 ? 1 : 3) {
        var depth = 0 - low
        if anchor == 1 { depth = step * largest - high }
        if anchor == 2 { depth = (step * largest - high - low) * 0.5 }
        var trial = (step: step, depth: max(0, depth))
        var last = sums(part, trial.step, trial.depth)
        trial = solve(part, last) ?? trial
        last = sums(part, trial.step, trial.depth)
        trial = solve(part, last) ?? trial
        let gain = gain(part, last, trial.step, trial.depth)
        if gain > most {
          most = gain
          steps[part] = trial.step
          depths[part] = trial.depth
          squares[part] = last.squares
        }
      }
    }
  }

  /// Σ w·x² less the error that codes give with a scale and a minimum.
  @inline(__always)
  private func gain(_ part: Int, _ sums: Sums, _ step: Float, _ depth: Float) -> Float {
    let linear = step * sums.products - depth * values[part]
    let square = step * (step * sums.squares - 2 * depth * sums.codes) + depth * depth * weights[part]
    return 2 * linear - square
  }

  /// The scale and the minimum of least squares for the codes of a part, or `nil` if they do not tell.
  @inline(__always)
  private func solve(_ part: Int, _ sums: Sums) -> (step: Float, depth: Float)? {
    let determinant = weights[part] * sums.squares - sums.codes * sums.codes
    guard determinant > sums.squares * weights[part] * 0x1p-20 else { return nil }
    let minimum = (sums.squares * values[part] - sums.codes * sums.products) / determinant
    if minimum > 0 { return (sums.products / sums.squares, 0) }
    return ((weights[part] * sums.products - sums.codes * values[part]) / determinant, 0 - minimum)
  }

  /// The half that suits the fits of all parts best as the scale of their integers.
  private func shared(_ fits: SIMD16<Float>, _ weights: SIMD16<Float>, divisors: ClosedRange<Float>) -> Float
  {
    let largest = fits.max()
    var (best, least) = (Float.zero, Float.infinity)
    for trial in 0..<16 {
      let fraction = Float(trial) / 15
      let divisor = divisors.upperBound - fraction * (divisors.upperBound - divisors.lowerBound)
      let scale = Self.half(largest / divisor)
      let factor = Self.factor(scale)
      var error: Float = 0
      for part in 0..<Self.parts {
        let difference = Float(Self.integer(fits[part] * factor)) * scale - fits[part]
        error += weights[part] * difference * difference
      }
      if error < least { (best, least) = (scale, error) }
    }
    return best
  }

  /// Looks around one start.
  mutating func run(start: Int) {
    var choice = SuperBlockScales()
    choice.scale = shared(steps, squares, divisors: Codec.plan.divisors[start])
    choice.minimum = shared(depths, weights, divisors: Codec.plan.divisors[0])
    var least = Float.infinity
    for round in 0..<Codec.plan.rounds {
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

  /// The half nearest to a value, at most the largest.
  @inline(__always)
  private static func half(_ value: Float) -> Float {
    HalfPrecision.float(HalfPrecision.bits(max(-65504, min(65504, value))))
  }

  /// The integer nearest to a value, from 0 to the largest scale.
  @inline(__always)
  private static func integer(_ value: Float) -> Int32 {
    Rounding.down(max(0, min(Float(Codec.largestScale), value + 0.5)))
  }

  /// Chooses the integers of a part from its fit.
  private func place(_ part: Int, _ choice: inout SuperBlockScales) -> Float {
    let factor = Self.factor(choice.scale)
    let nearest = Self.integer(steps[part] * factor)
    let depthFactor = Self.factor(choice.minimum)
    var least = Float.infinity
    for scale in max(0, nearest &- Codec.plan.reach)...min(Codec.largestScale, nearest &+ Codec.plan.reach) {
      let step = choice.scale * Float(scale)
      let sums = sums(part, step, depths[part])
      let depth = (step * sums.codes - values[part]) / weights[part]
      let minimum = Self.integer(depth * depthFactor - 0.5)
      for minimum in minimum...min(Codec.largestScale, minimum &+ 1) {
        let error = error(part, step, choice.minimum * Float(minimum))
        if error < least {
          least = error
          choice.scales[part] = scale
          choice.minimums[part] = minimum
        }
      }
    }
    return least
  }

  /// Looks at the neighbours of the integers of a part.
  private func improve(_ part: Int, _ choice: inout SuperBlockScales) -> Float {
    let (scale, minimum) = (choice.scales[part], choice.minimums[part])
    var least = error(part, choice.scale * Float(scale), choice.minimum * Float(minimum))
    for neighbour in 0..<4 {
      let scale = scale &+ (neighbour == 0 ? -1 : neighbour == 1 ? 1 : 0)
      let minimum = minimum &+ (neighbour == 2 ? -1 : neighbour == 3 ? 1 : 0)
      guard 0...Codec.largestScale ~= scale, 0...Codec.largestScale ~= minimum else { continue }
      let error = error(part, choice.scale * Float(scale), choice.minimum * Float(minimum))
      if error < least {
        least = error
        choice.scales[part] = scale
        choice.minimums[part] = minimum
      }
    }
    return least
  }

  /// The two halves of least squares for the codes of a choice, or `false` if they stay as they are.
  private func solve(_ choice: inout SuperBlockScales) -> Bool {
    var (scaleSquares, cross, minimumSquares, scaleProducts, minimumProducts) = (0.0, 0.0, 0.0, 0.0, 0.0)
    for part in 0..<Self.parts {
      let step = choice.scale * Float(choice.scales[part])
      let sums = sums(part, step, choice.minimum * Float(choice.minimums[part]))
      let (scale, minimum) = (Double(choice.scales[part]), Double(choice.minimums[part]))
      scaleSquares += scale * scale * Double(sums.squares)
      cross += scale * minimum * Double(sums.codes)
      minimumSquares += minimum * minimum * Double(weights[part])
      scaleProducts += scale * Double(sums.products)
      minimumProducts += minimum * Double(values[part])
    }
    let old = (choice.scale, choice.minimum)
    let determinant = scaleSquares * minimumSquares - cross * cross
    if determinant > scaleSquares * minimumSquares * 0x1p-40 {
      choice.scale = Self.half(
        Float((minimumSquares * scaleProducts - cross * minimumProducts) / determinant))
      choice.minimum = Self.half(
        Float((cross * scaleProducts - scaleSquares * minimumProducts) / determinant))
    } else if scaleSquares > 0 {
      choice.scale = Self.half(Float((scaleProducts + Double(choice.minimum) * cross) / scaleSquares))
    }
    return (choice.scale, choice.minimum) != old
  }

  /// Stores the best that was found.
  func store(into block: UnsafeMutableRawPointer) {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 256) { codes in
      guard let codes = codes.baseAddress else { return }
      for part in 0..<Self.parts {
        let factor = Self.factor(best.scale * Float(best.scales[part]))
        let depth = best.minimum * Float(best.minimums[part])
        for index in part &* Self.vectors..<(part &+ 1) &* Self.vectors {
          let code = ((input.values[index] + depth) * factor).limited(0, Float(Codec.largestCode))
            .roundedToEven
          for lane in 0..<8 {
            codes[8 &* index &+ lane] = UInt8(truncatingIfNeeded: Rounding.down(code[lane]))
          }
        }
      }
      Codec.store(best, codes: codes, into: block)
    }
  }
}
