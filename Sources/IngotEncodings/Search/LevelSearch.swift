import CVectors

/// The search for the scales of a super-block without minimums.
///
/// For codes that are fixed the error of a part is a parabola of its scale. So a few choices of codes for each part tell, without a look
/// at the values, about what a super-block costs with any scale of scales; the best such scales are then looked at with all their codes.
///
/// Specification: clause E39.4.
struct LevelSearch<Codec: LevelSuperBlock> {
  typealias Vector = SuperBlockValues.Vector

  /// The scales of a super-block, as the search computes with them, and the codes that they are solved for.
  private struct Choice {
    var scale: Float = 0
    /// Integers in the range of the scales of parts.
    var scales = SIMD16<Float>.zero
    /// The scale that is best for the codes of each part.
    var steps = SIMD16<Float>.zero
    /// Σ w·q².
    var norms = SIMD16<Float>.zero
  }

  private let input: SuperBlockValues
  private let kernels = ingot_widest_kernels()
  /// What takes the largest value of each part to the extreme level.
  private var factors = SIMD16<Float>.zero
  /// The values of the largest magnitude, the positive ones if there are two.
  private(set) var extremes = SIMD16<Float>.zero
  /// Whether a part has two.
  private(set) var hasTies = false
  /// The groups with a part whose values have one sign, so that its scale may matter more than its codes.
  private var isOneSided = (false, false)

  @inline(__always) private static var groups: Int { 32 / Codec.partSize }
  @inline(__always) private static var limit: Float { Float(Codec.scaleRange) }

  // The parts of the room, for at most 64 factors, 32 scales of scales and 256 integers.
  /// Σ w·x² of each group.
  private var sums: UnsafeMutablePointer<Vector> { input.room }
  private var starts: UnsafeMutablePointer<Vector> { input.room + 2 }
  private var errors: UnsafeMutablePointer<Vector> { input.room + 68 }
  private var scales: UnsafeMutablePointer<Float> {
    UnsafeMutableRawPointer(input.room + 100).assumingMemoryBound(to: Float.self)
  }

  private var multiples: UnsafeMutablePointer<Vector> { input.room + 488 }

  private func fits(_ group: Int) -> UnsafeMutablePointer<KernelState.PartFits> {
    let room = UnsafeMutableRawPointer(input.room + 104).assumingMemoryBound(to: KernelState.PartFits.self)
    return room + 64 &* group
  }

  init(_ input: SuperBlockValues) {
    self.input = input
    PartColumns.arrange(input, partSize: Codec.partSize)
    for group in 0..<Self.groups {
      let columns = columns(group)
      var extents = KernelState.PartExtents()
      kernels.pointee.measureParts(columns.values, columns.weights, Codec.partSize, &extents)
      sums[group] = extents.energies
      let (lowest, highest) = (extents.lowest, extents.highest)
      let isPositive = highest .>= Vector.zero - lowest
      let extremes = highest.chosen(over: lowest, where: isPositive)
      let largest = extremes.magnitudes
      self.extremes[group: group] = extremes
      let factors = Vector(repeating: -Codec.extremeLevel) / largest
      self.factors[group: group] = factors.chosen(over: .zero, where: largest .> 0x1p-100)
      hasTies = hasTies || any((highest .== Vector.zero - lowest) .& (highest .> 0))
      let isOneSided = any(lowest .> 0) || any(highest .< 0)
      if group == 0 { self.isOneSided.0 = isOneSided } else { self.isOneSided.1 = isOneSided }
    }
  }

  @inline(__always)
  private func columns(_ group: Int) -> PartColumns {
    PartColumns(input, group: group, partSize: Codec.partSize)
  }

  /// Looks from the best of some starts.
  @inline(__always)
  func run(_ plan: LevelStarts) -> (scales: SuperBlockScales, error: Float) {
    scan(plan)
    return next(plan) ?? (SuperBlockScales(), .infinity)
  }

  /// Looks from several starts, and gives what it finds from each.
  func run(_ plan: LevelStarts, _ take: (SuperBlockScales) -> Void) {
    scan(plan)
    for _ in 0..<plan.runs { if let found = next(plan) { take(found.scales) } }
  }

  /// The error of some scales.
  func error(of scales: SuperBlockScales) -> Float {
    let integers = SIMD16<Float>(scales.scales)
    var errors = Vector.zero
    for group in 0..<Self.groups {
      errors += withUnsafePointer(to: integers[group: group]) { trials($0, 1, scales.scale, group).errors }
    }
    return errors.total
  }

  /// About what the super-block costs with each scale of scales.
  private func scan(_ plan: LevelStarts) {
    var steps = Vector.zero
    for group in 0..<Self.groups {
      let own = fit(group, plan)
      steps = own.chosen(over: steps, where: own .> steps)
    }
    let largest = steps.largest
    for index in 0..<plan.divisors.count {
      scales[index] = SuperBlockScales.half(largest / plan.divisors[index])
      errors[index] = .zero
    }
    for group in 0..<Self.groups {
      kernels.pointee.scanParts(
        fits(group), plan.count, scales, plan.divisors.count, -Self.limit, Self.limit - 1, errors)
    }
  }

  /// Looks around the best scale of scales that is left.
  @inline(__always)
  private func next(_ plan: LevelStarts) -> (scales: SuperBlockScales, error: Float)? {
    var (start, least) = (0, Float.infinity)
    for index in 0..<plan.divisors.count {
      let error = errors[index].total
      if error < least { (start, least) = (index, error) }
    }
    guard least < .infinity else { return nil }
    errors[start] = Vector(repeating: .infinity)
    return look(scales[start], plan)
  }

  /// Finds choices of codes, and returns the magnitudes of the scales that the best ones have.
  private func fit(_ group: Int, _ plan: LevelStarts) -> Vector {
    var best = fit(group, plan.factors, into: fits(group))
    let coarse = fit(group, plan.coarse, into: fits(group) + plan.factors.count)
    // A coarse grid counts only where it holds the values: for some others each scale is as good as the next.
    best.scales = coarse.scales.chosen(over: best.scales, where: coarse.errors .<= sums[group] * 0x1p-36)
    return best.scales.magnitudes
  }

  private func fit(
    _ group: Int, _ factors: PlanNumbers, into fits: UnsafeMutablePointer<KernelState.PartFits>
  )
    -> KernelState.Trials
  {
    let columns = columns(group)
    for index in 0..<factors.count { starts[index] = self.factors[group: group] * factors[index] }
    var best = KernelState.Trials()
    kernels.pointee.fitParts(
      Codec.plan.levels, columns.values, columns.weights, Codec.partSize, starts, factors.count,
      sums + group, fits, &best)
    return best
  }

  /// Of some integer scales of parts, the ones with the least error.
  @inline(__always)
  private func trials(_ multiples: UnsafePointer<Vector>, _ count: Int, _ scale: Float, _ group: Int)
    -> KernelState.Trials
  {
    let columns = columns(group)
    var trials = KernelState.Trials()
    kernels.pointee.tryParts(
      Codec.plan.levels, columns.values, columns.weights, Codec.partSize, multiples, count, scale, &trials)
    return trials
  }

  /// Looks around a scale of scales.
  private func look(_ scale: Float, _ plan: LevelStarts) -> (scales: SuperBlockScales, error: Float) {
    var choice = Choice()
    choice.scale = scale
    for group in 0..<Self.groups {
      var places = KernelState.PartPlaces()
      kernels.pointee.placeParts(
        fits(group), plan.count, scale, -Self.limit, Self.limit - 1, &places)
      choice.scales[group: group] = places.scales
      choice.steps[group: group] = places.steps
      choice.norms[group: group] = places.norms
    }
    _ = solve(&choice)
    if isOneSided.0 { placeAll(0, &choice) }
    if isOneSided.1 { placeAll(1, &choice) }
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
    found.scale = best.scale
    found.scales = best.scales.integers
    return (found, least)
  }

  /// Looks at all integers that there are.
  private func placeAll(_ group: Int, _ choice: inout Choice) {
    for index in 0..<2 &* Int(Codec.scaleRange) {
      multiples[index] = Vector(repeating: Float(index) - Self.limit)
    }
    choice.scales[group: group] = trials(multiples, 2 &* Int(Codec.scaleRange), choice.scale, group).scales
  }

  /// Looks at the neighbours of the scales of parts.
  private func improve(_ group: Int, _ choice: inout Choice) -> Vector {
    let scales = choice.scales[group: group]
    multiples[0] = scales
    multiples[1] = (scales - 1).limited(-Self.limit, Self.limit - 1)
    multiples[2] = (scales + 1).limited(-Self.limit, Self.limit - 1)
    let trials = trials(multiples, 3, choice.scale, group)
    choice.scales[group: group] = trials.scales
    return trials.errors
  }

  /// Solves for the codes that the scales of a choice give, or returns `false` if its scale stays as it is.
  private func recode(_ choice: inout Choice) -> Bool {
    for group in 0..<Self.groups {
      let columns = columns(group)
      let steps = choice.scales[group: group] * choice.scale
      var factors = (Vector(repeating: 1) / steps).chosen(over: .zero, where: steps.magnitudes .> 0x1p-100)
      var fits = KernelState.PartFits()
      var best = KernelState.Trials()
      kernels.pointee.fitParts(
        Codec.plan.levels, columns.values, columns.weights, Codec.partSize, &factors, 1, sums + group, &fits,
        &best)
      choice.steps[group: group] = fits.steps
      choice.norms[group: group] = fits.norms
    }
    return solve(&choice)
  }

  /// The half of least squares for the codes of a choice, or `false` if it stays as it is.
  private func solve(_ choice: inout Choice) -> Bool {
    var (squares, products) = (0.0, 0.0)
    for group in 0..<Self.groups {
      let weighted = choice.scales[group: group] * choice.norms[group: group]
      squares += Double((weighted * choice.scales[group: group]).total)
      products += Double((weighted * choice.steps[group: group]).total)
    }
    guard squares > 0 else { return false }
    let old = choice.scale
    choice.scale = SuperBlockScales.half(Float(products / squares))
    return choice.scale != old
  }
}
