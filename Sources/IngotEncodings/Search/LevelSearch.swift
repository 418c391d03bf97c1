import CVectors

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
  private let kernels = ingot_widest_kernels()
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
        let isExact = errors(columns, coarse) .<= largest * largest * 0x1p-36
        steps = coarse.chosen(over: steps, where: isExact)
      }
      self.steps[group: group] = steps
    }
  }

  @inline(__always)
  private func columns(_ group: Int) -> PartColumns {
    PartColumns(input, group: group, partSize: Codec.partSize)
  }

  /// The errors of parts with a scale each.
  @inline(__always)
  private func errors(_ columns: PartColumns, _ steps: Vector) -> Vector {
    withUnsafePointer(to: steps) { trials($0, 1, scale: 1, columns).errors }
  }

  /// Of some integer scales of parts, the ones with the least error.
  @inline(__always)
  private func trials(
    _ multiples: UnsafePointer<Vector>, _ count: Int, scale: Float, _ columns: PartColumns
  ) -> KernelState.Trials {
    var trials = KernelState.Trials()
    kernels.pointee.tryParts(
      Codec.plan.levels, columns.values, columns.weights, Codec.partSize, multiples, count, scale, &trials)
    return trials
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
    let steps = Int(Rounding.down((widths / strides).max())) &+ 1
    let trials = withUnsafeTemporaryAllocation(of: Vector.self, capacity: 2 &* steps &+ 1) { multiples in
      multiples[0] = .zero
      for index in 0..<steps {
        let scales = lowest + strides * Float(index)
        let inside = scales.chosen(over: highest, where: scales .< highest)
        multiples[2 &* index &+ 1] = inside.limited(1, Self.limit - 1)
        multiples[2 &* index &+ 2] = Vector.zero - inside
      }
      return multiples.baseAddress.map {
        self.trials($0, 2 &* steps &+ 1, scale: choice.scale, columns)
      }
    }
    guard let trials else { return Vector(repeating: .infinity) }
    choice.scales[group: group] = trials.scales
    return strides.max() > 1 ? improve(group, &choice) : trials.errors
  }

  /// Looks at the neighbours of the scales of parts.
  private func improve(_ group: Int, _ choice: inout Choice) -> Vector {
    let columns = columns(group)
    let scales = choice.scales[group: group]
    let below = (scales - 1).limited(-Self.limit, Self.limit - 1)
    let above = (scales + 1).limited(-Self.limit, Self.limit - 1)
    let trials = withUnsafePointer(to: (scales, below, above)) {
      self.trials(
        UnsafeRawPointer($0).assumingMemoryBound(to: Vector.self), 3, scale: choice.scale, columns)
    }
    choice.scales[group: group] = trials.scales
    return trials.errors
  }

  /// The half of least squares for the levels of a choice, or `false` if it stays as it is.
  private func solve(_ choice: inout Choice) -> Bool {
    var (squares, products) = (0.0, 0.0)
    for group in 0..<Self.groups {
      let columns = columns(group)
      let scales = choice.scales[group: group]
      var steps = scales * choice.scale
      var sums = KernelState.Fits()
      kernels.pointee.sumParts(
        Codec.plan.levels, columns.values, columns.weights, Codec.partSize, &steps, &sums)
      squares += Double((scales * scales * sums.squares).total)
      products += Double((scales * sums.products).total)
    }
    guard squares > 0 else { return false }
    let old = choice.scale
    choice.scale = SuperBlockScales.half(Float(products / squares))
    return choice.scale != old
  }
}
