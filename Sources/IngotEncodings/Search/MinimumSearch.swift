import CVectors

/// The search for the scales and minimums of a super-block.
///
/// For codes that are fixed the error of a part is a parabola of its scale and minimum. So a few choices of codes for each part tell, without
/// a look at the values, about what a super-block costs with any two scales of scales and minimums, of either sign; the best such pairs
/// are then looked at with all their codes.
///
/// Specification: clause E39.4.
struct MinimumSearch<Codec: MinimumSuperBlock> {
  typealias Vector = SuperBlockValues.Vector

  /// The scales and minimums of a super-block, as the search computes with them, and the codes that they are solved for.
  private struct Choice {
    var scale: Float = 0
    var minimum: Float = 0
    /// Integers from 0 to the largest scale.
    var scales = SIMD16<Float>.zero
    var minimums = SIMD16<Float>.zero
    /// The scale that is best for the codes of each part, the mean of these, and Σ w·q² less what the mean has of it.
    var steps = SIMD16<Float>.zero
    var codes = SIMD16<Float>.zero
    var norms = SIMD16<Float>.zero
  }

  private let input: SuperBlockValues
  private let kernels = ingot_widest_kernels()
  private(set) var lowest = SIMD16<Float>.zero
  private(set) var highest = SIMD16<Float>.zero
  /// An error that rounding may have made.
  private(set) var negligible: Float = 0

  @inline(__always) private static var groups: Int { 32 / Codec.partSize }
  @inline(__always) private static var largestScale: Float { Float(Codec.largestScale) }

  // The parts of the room, for at most 12 scales of scales and 12 of minimums.
  /// What each group has.
  private func sums(_ group: Int) -> UnsafeMutablePointer<Vector> { input.room + 3 &* group }
  private var starts: UnsafeMutablePointer<Vector> { input.room + 6 }
  /// The scales of scales of each sign, and those of minimums.
  private func scales(_ sign: Float) -> UnsafeMutablePointer<Float> { floats(sign > 0 ? 134 : 136) }
  private func minimums(_ sign: Float) -> UnsafeMutablePointer<Float> { floats(sign > 0 ? 138 : 140) }
  /// What the pairs of each sign cost.
  private var totals: UnsafeMutablePointer<Float> { floats(142) }
  private var errors: UnsafeMutablePointer<Vector> { input.room + 182 }

  private func floats(_ place: Int) -> UnsafeMutablePointer<Float> {
    UnsafeMutableRawPointer(input.room + place).assumingMemoryBound(to: Float.self)
  }

  private func lines(_ group: Int) -> UnsafeMutablePointer<KernelState.PartLines> {
    let room = UnsafeMutableRawPointer(input.room + 342).assumingMemoryBound(to: KernelState.PartLines.self)
    return room + Int(ingot_line_capacity) &* group
  }

  init(_ input: SuperBlockValues) {
    self.input = input
    PartColumns.arrange(input, partSize: Codec.partSize)
    var energies = Vector.zero
    for group in 0..<Self.groups {
      let columns = columns(group)
      var extents = KernelState.PartExtents()
      kernels.pointee.measureParts(columns.values, columns.weights, Codec.partSize, &extents)
      (lowest[group: group], highest[group: group]) = (extents.lowest, extents.highest)
      energies += extents.energies
      kernels.pointee.centerParts(columns.values, columns.weights, Codec.partSize, sums(group))
    }
    negligible = energies.total * 0x1p-36
  }

  @inline(__always)
  private func columns(_ group: Int) -> PartColumns {
    PartColumns(input, group: group, partSize: Codec.partSize)
  }

  private func frame(_ group: Int, sign: Float = 1) -> ingot_parts_frame {
    ingot_parts_frame(
      weights: sums(group), means: sums(group) + 1, energies: sums(group) + 2,
      highestCode: Float(Codec.largestCode), highestScale: Self.largestScale, sign: sign)
  }

  /// Looks from the best of some starts, and returns the best that it finds.
  @inline(__always)
  func run(_ plan: MinimumStarts) -> (scales: SuperBlockScales, error: Float) {
    scan(plan)
    var best = (scales: SuperBlockScales(), error: Float.infinity)
    for _ in 0..<plan.runs {
      guard let found = next(plan) else { break }
      if found.error < best.error { best = found }
    }
    return best
  }

  /// Looks from several starts, and gives what it finds from each.
  func run(_ plan: MinimumStarts, _ take: (SuperBlockScales) -> Void) {
    scan(plan)
    for _ in 0..<plan.runs { if let found = next(plan) { take(found.scales) } }
  }

  /// The error of some scales and minimums.
  func error(of scales: SuperBlockScales) -> Float {
    let (steps, depths) = (SIMD16<Float>(scales.scales), SIMD16<Float>(scales.minimums))
    var errors = Vector.zero
    for group in 0..<Self.groups {
      (starts[0], starts[1]) = (steps[group: group], depths[group: group])
      errors += trials(1, scales.scale, scales.minimum, group).errors
    }
    return errors.total
  }

  /// About what the super-block costs with each scale of scales and each of minimums, of each sign.
  private func scan(_ plan: MinimumStarts) {
    for group in 0..<Self.groups { fit(group, plan) }
    scan(plan, sign: 1, into: totals)
    scan(plan, sign: -1, into: totals + plan.divisors.count &* plan.depthDivisors.count)
  }

  /// Looks around the best pair that is left.
  @inline(__always)
  private func next(_ plan: MinimumStarts) -> (scales: SuperBlockScales, error: Float)? {
    var (start, least) = (0, Float.infinity)
    for index in 0..<2 &* plan.divisors.count &* plan.depthDivisors.count where totals[index] < least {
      (start, least) = (index, totals[index])
    }
    guard least < .infinity else { return nil }
    totals[start] = .infinity
    return look(start, plan)
  }

  /// Finds choices of codes.
  private func fit(_ group: Int, _ plan: MinimumStarts) {
    let columns = columns(group)
    let highest = Float(Codec.largestCode)
    let ranges = self.highest[group: group] - self.lowest[group: group]
    let lowest = self.lowest[group: group] - sums(group)[1]
    let units = (Vector(repeating: 1) / ranges).chosen(over: .zero, where: ranges .> 0x1p-100)
    let count = plan.ranges.count / 2
    for index in 0..<count {
      let factors = units * (highest + plan.ranges[2 &* index])
      let anchor = plan.ranges[2 &* index &+ 1]
      starts[2 &* index] = factors
      starts[2 &* index &+ 1] = anchor * highest - (anchor * ranges + lowest) * factors
    }
    kernels.pointee.fitPartLines(
      columns.values, columns.weights, Codec.partSize, starts, count, plan.refits, frame(group), lines(group))
  }

  /// The scales of scales and minimums of one sign that suit the fits, by the largest scale and depth.
  private func place(_ plan: MinimumStarts, sign: Float) {
    let (scales, minimums) = (scales(sign), minimums(sign))
    var (step, depth) = (Float.zero, Float.zero)
    for group in 0..<Self.groups {
      var limits = KernelState.LineLimits()
      kernels.pointee.limitLines(lines(group), plan.ranges.count / 2, frame(group, sign: sign), &limits)
      step = max(step, (limits.steps * sign).largest)
      depth = max(depth, (limits.depths * sign).largest)
    }
    for index in 0..<plan.divisors.count {
      scales[index] = SuperBlockScales.half(sign * step / plan.divisors[index])
    }
    for index in 0..<plan.depthDivisors.count {
      minimums[index] = SuperBlockScales.half(sign * depth / plan.depthDivisors[index])
    }
  }

  /// About what the super-block costs with each scale of scales and each of minimums.
  private func scan(_ plan: MinimumStarts, sign: Float, into totals: UnsafeMutablePointer<Float>) {
    place(plan, sign: sign)
    let count = plan.divisors.count &* plan.depthDivisors.count
    for index in 0..<count { errors[index] = .zero }
    for group in 0..<Self.groups {
      kernels.pointee.scanLines(
        lines(group), plan.ranges.count / 2, frame(group, sign: sign), scales(sign), plan.divisors.count,
        minimums(sign), plan.depthDivisors.count, errors)
    }
    for index in 0..<count { totals[index] = errors[index].total }
  }

  /// Looks around a scale of scales and one of minimums.
  private func look(_ start: Int, _ plan: MinimumStarts) -> (scales: SuperBlockScales, error: Float) {
    let count = plan.divisors.count &* plan.depthDivisors.count
    let sign: Float = start < count ? 1 : -1
    let pair = (start % count).quotientAndRemainder(dividingBy: plan.depthDivisors.count)
    var choice = Choice()
    choice.scale = scales(sign)[pair.quotient]
    choice.minimum = minimums(sign)[pair.remainder]
    for group in 0..<Self.groups {
      var places = KernelState.LinePlaces()
      kernels.pointee.placeLines(
        lines(group), plan.ranges.count / 2, frame(group, sign: sign), choice.scale, choice.minimum, &places)
      choice.scales[group: group] = places.scales
      choice.minimums[group: group] = places.minimums
      choice.steps[group: group] = places.steps
      choice.codes[group: group] = places.codes
      choice.norms[group: group] = places.norms
    }
    _ = solve(&choice)
    var best = choice
    var least = Float.infinity
    for round in 1...plan.rounds {
      var errors = Vector.zero
      for group in 0..<Self.groups { errors += improve(group, &choice) }
      let error = errors.total
      if error >= least { break }
      least = error
      best = choice
      if round == plan.rounds || !recode(&choice) { break }
    }
    var found = SuperBlockScales()
    (found.scale, found.minimum) = (best.scale, best.minimum)
    found.scales = best.scales.integers
    found.minimums = best.minimums.integers
    return (found, least)
  }

  /// The integers nearest to numbers, from 0 to the largest scale.
  @inline(__always)
  private static func integers(_ numbers: Vector) -> Vector { numbers.limited(0, largestScale).roundedToEven }

  /// Looks at the neighbours of the scales of parts, each with the two minimums that suit the codes best.
  private func improve(_ group: Int, _ choice: inout Choice) -> Vector {
    let (scales, codes) = (choice.scales[group: group], choice.codes[group: group])
    let means = sums(group)[1]
    let factor = Codec.factor(choice.minimum)
    for offset in 0..<3 {
      let scales = (scales + Float(offset &- 1)).limited(0, Self.largestScale)
      let depths = scales * choice.scale * codes - means
      let lower = Self.integers(depths * factor - 0.5)
      let pairs = starts + 4 &* offset
      (pairs[0], pairs[1]) = (scales, lower)
      (pairs[2], pairs[3]) = (scales, (lower + 1).limited(0, Self.largestScale))
    }
    let trials = trials(6, choice.scale, choice.minimum, group)
    choice.scales[group: group] = trials.scales
    choice.minimums[group: group] = trials.minimums
    return trials.errors
  }

  /// Of some pairs of integers in the room for starts, the ones with the least error.
  @inline(__always)
  private func trials(_ count: Int, _ scale: Float, _ minimum: Float, _ group: Int) -> KernelState.LineTrials
  {
    let columns = columns(group)
    var trials = KernelState.LineTrials()
    kernels.pointee.tryLines(
      columns.values, columns.weights, Codec.partSize, starts, count, frame(group), scale, minimum, &trials)
    return trials
  }

  /// Solves for the codes that a choice gives, or returns `false` if its scales stay as they are.
  private func recode(_ choice: inout Choice) -> Bool {
    for group in 0..<Self.groups {
      let columns = columns(group)
      let steps = choice.scales[group: group] * choice.scale
      let factors = (Vector(repeating: 1) / steps).chosen(over: .zero, where: steps.magnitudes .> 0x1p-100)
      let depths = choice.minimums[group: group] * choice.minimum + sums(group)[1]
      (starts[0], starts[1]) = (factors, depths * factors)
      var line = KernelState.PartLines()
      kernels.pointee.fitPartLines(
        columns.values, columns.weights, Codec.partSize, starts, 1, 0, frame(group), &line)
      choice.steps[group: group] = line.steps
      choice.codes[group: group] = line.codes
      choice.norms[group: group] = line.norms
    }
    return solve(&choice)
  }

  /// The two halves of least squares for the codes of a choice, or `false` if they stay as they are.
  ///
  /// What is minimised is Σ D·(d·s − a)² + W·(n·m − (d·s·q − μ))², with D the norm, a the best scale, q the mean code and μ the mean of a part.
  private func solve(_ choice: inout Choice) -> Bool {
    var (scaleSquares, cross, minimumSquares, scaleProducts, minimumProducts) = (0.0, 0.0, 0.0, 0.0, 0.0)
    for group in 0..<Self.groups {
      let (scales, minimums) = (choice.scales[group: group], choice.minimums[group: group])
      let (weights, means) = (sums(group)[0], sums(group)[1])
      let codes = scales * choice.codes[group: group]
      let norms = scales * choice.norms[group: group]
      let weighted = minimums * weights
      scaleSquares += Double((scales * norms + codes * codes * weights).total)
      cross += Double((weighted * codes).total)
      minimumSquares += Double((weighted * minimums).total)
      scaleProducts += Double((norms * choice.steps[group: group] + codes * weights * means).total)
      minimumProducts += Double((weighted * means).total)
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
}
