/// The search for the scales and minimums of a super-block.
///
/// Specification: clause E39.4.
struct MinimumSearch<Codec: MinimumSuperBlock> {
  typealias Vector = SuperBlockValues.Vector

  /// The scales and minimums of a super-block, as the search computes with them.
  private struct Choice {
    var scale: Float = 0
    var minimum: Float = 0
    /// Integers from 0 to the largest scale.
    var scales = SIMD16<Float>.zero
    var minimums = SIMD16<Float>.zero
  }

  private let input: SuperBlockValues
  private var best = Choice()
  private var steps = SIMD16<Float>.zero
  private var depths = SIMD16<Float>.zero
  /// Σ w and Σ w·x of each part.
  private var weights = SIMD16<Float>.zero
  private var values = SIMD16<Float>.zero
  /// Σ w·q² of the fit of each part.
  private var squares = SIMD16<Float>.zero

  @inline(__always) private static var groups: Int { 32 / Codec.partSize }
  @inline(__always) private static var largestScale: Float { Float(Codec.largestScale) }

  init(_ input: SuperBlockValues) {
    self.input = input
    PartColumns.arrange(input, partSize: Codec.partSize)
    for group in 0..<Self.groups { fit(group) }
  }

  @inline(__always)
  private func columns(_ group: Int) -> PartColumns {
    PartColumns(input, group: group, partSize: Codec.partSize)
  }

  /// Fits each part by itself, as if every scale and minimum could be stored.
  private mutating func fit(_ group: Int) {
    let columns = columns(group)
    let totals = MinimumFit<Codec>.Totals(columns)
    weights[group: group] = totals.weights
    values[group: group] = totals.values
    let largest = Float(Codec.largestCode)
    var most = Vector(repeating: -.infinity)
    var best = MinimumFit<Codec>.Line()
    var bestSquares = Vector.zero
    for width in Codec.plan.widths {
      let steps = (totals.highest - totals.lowest) / (largest + width)
      for anchor in 0..<(width == 0 ? 1 : 3) {
        var depths = Vector.zero - totals.lowest
        if anchor == 1 { depths = steps * largest - totals.highest }
        if anchor == 2 { depths = (steps * largest - totals.highest - totals.lowest) * 0.5 }
        var line = MinimumFit<Codec>.Line(steps: steps, depths: depths.limited(0, .greatestFiniteMagnitude))
        var sums = MinimumFit<Codec>.sums(columns, line)
        line.solve(sums, totals)
        sums = MinimumFit<Codec>.sums(columns, line)
        line.solve(sums, totals)
        let gains = line.gains(sums, totals)
        let isBetter = gains .> most
        most = gains.chosen(over: most, where: isBetter)
        best.take(line, where: isBetter)
        bestSquares = sums.squares.chosen(over: bestSquares, where: isBetter)
      }
    }
    steps[group: group] = best.steps
    depths[group: group] = best.depths
    squares[group: group] = bestSquares
  }

  /// The half that suits the fits of all parts best as the scale of their integers.
  private func shared(_ fits: SIMD16<Float>, _ weights: SIMD16<Float>, divisors: ClosedRange<Float>) -> Float
  {
    let largest = fits.max()
    var (best, least) = (Float.zero, Float.infinity)
    for trial in 0..<16 {
      let fraction = Float(trial) / 15
      let divisor = divisors.upperBound - fraction * (divisors.upperBound - divisors.lowerBound)
      let scale = SuperBlockScales.half(largest / divisor)
      let factor = Codec.factor(scale)
      var errors = Vector.zero
      for group in 0..<Self.groups {
        let difference = Self.integers(fits[group: group] * factor) * scale - fits[group: group]
        errors += weights[group: group] * difference * difference
      }
      let error = errors.total
      if error < least { (best, least) = (scale, error) }
    }
    return best
  }

  /// The integers nearest to numbers, from 0 to the largest scale.
  @inline(__always)
  private static func integers(_ numbers: Vector) -> Vector { numbers.limited(0, largestScale).roundedToEven }

  /// Looks around one start.
  mutating func run(start: Int) {
    var choice = Choice()
    choice.scale = shared(steps, squares, divisors: Codec.plan.divisors[start])
    choice.minimum = shared(depths, weights, divisors: Codec.plan.divisors[0])
    var least = Float.infinity
    for round in 0..<Codec.plan.rounds {
      var errors = Vector.zero
      for group in 0..<Self.groups {
        errors += round == 0 ? place(group, &choice) : improve(group, &choice)
      }
      let error = errors.total
      if error >= least { break }
      least = error
      best = choice
      if !solve(&choice) { break }
    }
  }

  /// The least errors of parts so far, and the integers that have them.
  private struct Trials {
    var errors = Vector(repeating: .infinity)
    var scales = Vector.zero
    var minimums = Vector.zero

    @inline(__always)
    mutating func add(_ scales: Vector, _ minimums: Vector, of choice: Choice, _ columns: PartColumns) {
      let line = MinimumFit<Codec>.Line(steps: scales * choice.scale, depths: minimums * choice.minimum)
      let errors = MinimumFit<Codec>.errors(columns, line)
      let isBetter = errors .< self.errors
      self.errors = errors.chosen(over: self.errors, where: isBetter)
      self.scales = scales.chosen(over: self.scales, where: isBetter)
      self.minimums = minimums.chosen(over: self.minimums, where: isBetter)
    }
  }

  /// Chooses the integers of parts from their fits.
  private func place(_ group: Int, _ choice: inout Choice) -> Vector {
    let columns = columns(group)
    let nearest = Self.integers(steps[group: group] * Codec.factor(choice.scale))
    let depthFactor = Codec.factor(choice.minimum)
    var trials = Trials()
    for offset in 0 &- Codec.plan.reach...Codec.plan.reach {
      let scales = Self.integers(nearest + Float(offset))
      let steps = scales * choice.scale
      let sums = MinimumFit<Codec>.sums(
        columns, MinimumFit<Codec>.Line(steps: steps, depths: depths[group: group]))
      let depths = (steps * sums.codes - values[group: group]) / weights[group: group]
      let lower = Self.integers(depths * depthFactor - 0.5)
      trials.add(scales, lower, of: choice, columns)
      trials.add(scales, Self.integers(lower + 1), of: choice, columns)
    }
    choice.scales[group: group] = trials.scales
    choice.minimums[group: group] = trials.minimums
    return trials.errors
  }

  /// Looks at the neighbours of the integers of parts.
  private func improve(_ group: Int, _ choice: inout Choice) -> Vector {
    let columns = columns(group)
    let (scales, minimums) = (choice.scales[group: group], choice.minimums[group: group])
    var trials = Trials()
    trials.add(scales, minimums, of: choice, columns)
    trials.add(Self.integers(scales - 1), minimums, of: choice, columns)
    trials.add(Self.integers(scales + 1), minimums, of: choice, columns)
    trials.add(scales, Self.integers(minimums - 1), of: choice, columns)
    trials.add(scales, Self.integers(minimums + 1), of: choice, columns)
    choice.scales[group: group] = trials.scales
    choice.minimums[group: group] = trials.minimums
    return trials.errors
  }

  /// The two halves of least squares for the codes of a choice, or `false` if they stay as they are.
  private func solve(_ choice: inout Choice) -> Bool {
    var (scaleSquares, cross, minimumSquares, scaleProducts, minimumProducts) = (0.0, 0.0, 0.0, 0.0, 0.0)
    for group in 0..<Self.groups {
      let (scales, minimums) = (choice.scales[group: group], choice.minimums[group: group])
      let line = MinimumFit<Codec>.Line(steps: scales * choice.scale, depths: minimums * choice.minimum)
      let sums = MinimumFit<Codec>.sums(columns(group), line)
      scaleSquares += Double((scales * scales * sums.squares).total)
      cross += Double((scales * minimums * sums.codes).total)
      minimumSquares += Double((minimums * minimums * weights[group: group]).total)
      scaleProducts += Double((scales * sums.products).total)
      minimumProducts += Double((minimums * values[group: group]).total)
    }
    let old = (choice.scale, choice.minimum)
    let determinant = scaleSquares * minimumSquares - cross * cross
    if determinant > scaleSquares * minimumSquares * 0x1p-20 {
      choice.scale = SuperBlockScales.half(
        Float((minimumSquares * scaleProducts - cross * minimumProducts) / determinant))
      choice.minimum = SuperBlockScales.half(
        Float((cross * scaleProducts - scaleSquares * minimumProducts) / determinant))
    } else if scaleSquares > 0 {
      choice.scale = SuperBlockScales.half(
        Float((scaleProducts + Double(choice.minimum) * cross) / scaleSquares))
    }
    return (choice.scale, choice.minimum) != old
  }

  /// Stores the best that was found.
  func store(into block: UnsafeMutableRawPointer) {
    withUnsafeTemporaryAllocation(of: SIMD8<UInt8>.self, capacity: 32) { codes in
      guard let codes = codes.baseAddress else { return }
      for part in 0..<256 / Codec.partSize {
        let factor = Codec.factor(best.scale * best.scales[part])
        let depth = best.minimum * best.minimums[part]
        for index in part &* Codec.partSize / 8..<(part &+ 1) &* Codec.partSize / 8 {
          let code = ((input.values[index] + depth) * factor).limited(0, Float(Codec.largestCode))
          // The last bits of a number from 2^23 on are those of the integer.
          let bits = unsafeBitCast(code + 0x1p23, to: SIMD8<UInt32>.self)
          codes[index] = SIMD8<UInt8>(truncatingIfNeeded: bits)
        }
      }
      var scales = SuperBlockScales()
      (scales.scale, scales.minimum) = (best.scale, best.minimum)
      scales.scales = SIMD16<Int32>(best.scales)
      scales.minimums = SIMD16<Int32>(best.minimums)
      Codec.store(
        scales, codes: UnsafeRawPointer(codes).assumingMemoryBound(to: UInt8.self), into: block)
    }
  }
}
