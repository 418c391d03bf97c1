/// The search for the scales of a super-block without minimums.
///
/// Specification: clause E39.4.
struct LevelSearch<Codec: LevelSuperBlock> {
  typealias Vector = SuperBlockValues.Vector

  /// The scales of a super-block, as the search computes with them.
  private struct Choice {
    var scale: Float = 0
    /// Integers in the range of the scales of parts.
    var scales = SIMD16<Float>.zero
  }

  private let input: SuperBlockValues
  private var choice = Choice()
  /// The scale that gives the largest value of a part the extreme level.
  private var steps = SIMD16<Float>.zero

  /// The best scales that the last run found.
  var best: SuperBlockScales {
    var best = SuperBlockScales()
    best.scale = choice.scale
    best.scales = SIMD16<Int32>(choice.scales)
    return best
  }

  @inline(__always) private static var groups: Int { 32 / Codec.partSize }
  @inline(__always) private static var limit: Float { Float(Codec.scaleRange) }

  init(_ input: SuperBlockValues) {
    self.input = input
    PartColumns.arrange(input, partSize: Codec.partSize)
    for group in 0..<Self.groups {
      let columns = columns(group)
      var largest = Vector.zero
      for index in 0..<Codec.partSize {
        let magnitudes = columns.values[index].magnitudes
        largest = magnitudes.chosen(over: largest, where: magnitudes .> largest)
      }
      var steps = largest / -Codec.extremeLevel
      // Values that are few multiples of one number, ternary ones say, want a coarser grid; the coarsest counts.
      for divisor in stride(from: Codec.plan.coarseLevels, to: 0, by: -1) {
        let coarse = largest / Float(divisor)
        let isExact = Self.errors(columns, coarse) .<= largest * largest * 0x1p-36
        steps = coarse.chosen(over: steps, where: isExact)
      }
      self.steps[group: group] = steps
    }
  }

  @inline(__always)
  private func columns(_ group: Int) -> PartColumns {
    PartColumns(input, group: group, partSize: Codec.partSize)
  }

  // Not inlined: the compiler then keeps sums and factors in registers.
  @inline(never)
  private static func errors(_ columns: PartColumns, _ steps: Vector) -> Vector {
    guard let weights = columns.weights else { return errors(columns, steps) { _ in Vector(repeating: 1) } }
    return errors(columns, steps) { weights[$0] }
  }

  @inline(__always)
  private static func errors(_ columns: PartColumns, _ steps: Vector, weight: (Int) -> Vector) -> Vector {
    let factors = Codec.factors(steps)
    var errors = Vector.zero
    for index in 0..<Codec.partSize {
      let value = columns.values[index]
      let difference = Codec.levels(value * factors) * steps - value
      errors += difference * difference * weight(index)
    }
    return errors
  }

  /// Looks around one start.
  mutating func run(start: Int) {
    var trial = Choice()
    trial.scale = shared(start)
    var least = Float.infinity
    for round in 0..<4 {
      var errors = Vector.zero
      for group in 0..<Self.groups {
        errors += round == 0 ? place(group, &trial) : improve(group, &trial)
      }
      let error = errors.total
      if error >= least { break }
      least = error
      choice = trial
      if !solve(&trial) { break }
    }
  }

  /// Of sixteen halves around a start, the one that holds the scales of the parts best.
  private func shared(_ start: Int) -> Float {
    let widest = steps.max() / Float(Codec.scaleRange &- 1) * Codec.plan.starts[start]
    var (best, least) = (Float.zero, Float.infinity)
    for trial in 0..<16 {
      let scale = SuperBlockScales.half(widest * (1 - Float(trial) * 0x1p-10))
      let factor = Codec.factor(scale)
      var errors = Vector.zero
      for group in 0..<Self.groups {
        let integers = (steps[group: group] * factor).limited(0, Self.limit).roundedToEven
        let difference = integers * scale - steps[group: group]
        errors += difference * difference
      }
      let error = errors.total
      if error < least { (best, least) = (scale, error) }
    }
    return best
  }

  /// The least errors of parts so far, and the scales that have them.
  private struct Trials {
    var errors = Vector(repeating: .infinity)
    var scales = Vector.zero

    @inline(__always)
    mutating func add(_ scales: Vector, of choice: Choice, _ columns: PartColumns) {
      let errors = LevelSearch.errors(columns, scales * choice.scale)
      let isBetter = errors .< self.errors
      self.errors = errors.chosen(over: self.errors, where: isBetter)
      self.scales = scales.chosen(over: self.scales, where: isBetter)
    }
  }

  /// Chooses the scales of parts: of those in a range, of both signs, the ones with the least error.
  private func place(_ group: Int, _ choice: inout Choice) -> Vector {
    let columns = columns(group)
    let centers = steps[group: group] * Codec.factor(choice.scale)
    let range = Codec.plan.scales
    let lowest = (centers * range.lowerBound - 0.5).limited(1, Self.limit).roundedToEven
    let highest = (centers * range.upperBound + 0.5).limited(1, Self.limit).roundedToEven
    let count = Float(Codec.plan.count)
    let widths = highest - lowest
    // Rounded down: at most `count` scales.
    let strides = ((widths + count) / count - 0.499).roundedToEven
    var trials = Trials()
    trials.add(.zero, of: choice, columns)
    for index in 0...Int(Rounding.down((widths / strides).max())) {
      let scales = lowest + strides * Float(index)
      let inside = scales.chosen(over: highest, where: scales .< highest)
      trials.add(inside.limited(1, Self.limit - 1), of: choice, columns)
      trials.add(Vector.zero - inside, of: choice, columns)
    }
    choice.scales[group: group] = trials.scales
    return strides.max() > 1 ? improve(group, &choice) : trials.errors
  }

  /// Looks at the neighbours of the scales of parts.
  private func improve(_ group: Int, _ choice: inout Choice) -> Vector {
    let columns = columns(group)
    let scales = choice.scales[group: group]
    var trials = Trials()
    trials.add(scales, of: choice, columns)
    trials.add((scales - 1).limited(-Self.limit, Self.limit - 1), of: choice, columns)
    trials.add((scales + 1).limited(-Self.limit, Self.limit - 1), of: choice, columns)
    choice.scales[group: group] = trials.scales
    return trials.errors
  }

  /// The half of least squares for the levels of a choice, or `false` if it stays as it is.
  private func solve(_ choice: inout Choice) -> Bool {
    var (squares, products) = (0.0, 0.0)
    for group in 0..<Self.groups {
      let columns = columns(group)
      let scales = choice.scales[group: group]
      let factors = Codec.factors(scales * choice.scale)
      var (square, product) = (Vector.zero, Vector.zero)
      for index in 0..<Codec.partSize {
        let value = columns.values[index]
        let level = Codec.levels(value * factors)
        let weighted = level * (columns.weights?[index] ?? Vector(repeating: 1))
        square += weighted * level
        product += weighted * value
      }
      squares += Double((scales * scales * square).total)
      products += Double((scales * product).total)
    }
    guard squares > 0 else { return false }
    let old = choice.scale
    choice.scale = SuperBlockScales.half(Float(products / squares))
    return choice.scale != old
  }
}
