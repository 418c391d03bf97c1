import CVectors

/// A super-block whose parts have a scale each: value = (d · s) · level.
///
/// Specification: clauses E23.4, E25.3 and E28.3 for the reference encoder, E39.4 for the search.
protocol LevelSuperBlock: SearchingCodec {
  /// The values of a part: 16 or 32.
  static var partSize: Int { get }
  /// The level that is largest in magnitude; it is negative.
  static var extremeLevel: Float { get }
  /// The scales of a part: from -n to n - 1.
  static var scaleRange: Int32 { get }
  /// How widely to search.
  static var plan: LevelSearchPlan { get }

  /// The levels nearest to the lanes of a vector.
  static func levels(_ vector: SIMD8<Float>) -> SIMD8<Float>

  /// Stores a block from the levels of its values, in their order.
  static func store(
    _ scales: SuperBlockScales, levels: UnsafePointer<SIMD8<Float>>, into block: UnsafeMutableRawPointer)
}

/// How widely to search.
struct LevelSearchPlan {
  /// The levels as the kernels know them.
  let levels: ingot_levels
  /// The scales to look at, as parts of the scale that gives the largest value the extreme level.
  let scales: ClosedRange<Float>
  /// The most scales to look at of one sign.
  let count: Int32
  /// Up to which divisor of the largest value to look for coarse grids.
  let coarseLevels: Int
  /// The scales of scales to start from, as parts of the one that gives the widest part the largest scale.
  let starts: [Float]
  /// How many of them `balanced` takes.
  let balancedStarts: Int
}

extension LevelSuperBlock {
  static var elementsPerBlock: Int { 256 }

  static func encode(_ values: UnsafePointer<Float>, into block: UnsafeMutableRawPointer) -> Bool {
    guard BlockValues.largestMagnitude(values, count: 256) != nil else { return false }
    let parts = 256 / partSize
    var steps = SIMD16<Float>.zero
    var widest: Float = 0
    for part in 0..<parts {
      steps[part] = (BlockValues.extreme(values + part &* partSize, count: partSize) ?? 0) / extremeLevel
      if steps[part].magnitude > widest.magnitude { widest = steps[part] }
    }
    let scale = widest / Float(0 &- scaleRange)
    guard scale.magnitude.bitPattern < HalfPrecision.overflow else { return false }
    let factor = finite(reciprocal(scale))
    var choice = SuperBlockScales()
    choice.scale = HalfPrecision.float(HalfPrecision.bits(scale))
    for part in 0..<parts {
      let limited = max(Float(0 &- scaleRange), min(Float(scaleRange &- 1), steps[part] * factor))
      choice.scales[part] = Rounding.halfAwayFromZero(limited)
    }
    return SuperBlockValues.with(values, importance: nil) { input in
      store(choice, input, into: block)
      return true
    } ?? false
  }

  /// Stores a block with the levels that its scales give.
  @inline(__always)
  static func store(
    _ choice: SuperBlockScales, _ input: SuperBlockValues, into block: UnsafeMutableRawPointer
  ) {
    withUnsafeTemporaryAllocation(of: SIMD8<Float>.self, capacity: 32) { chosen in
      guard let chosen = chosen.baseAddress else { return }
      for index in 0..<32 {
        let factor = finite(reciprocal(choice.scale * Float(choice.scales[8 &* index / partSize])))
        chosen[index] = levels(input.values[index] * factor)
      }
      store(choice, levels: chosen, into: block)
    }
  }

  static func search(
    _ values: UnsafePointer<Float>, importance: UnsafePointer<Float>?, effort: SearchEffort,
    into block: UnsafeMutableRawPointer
  ) -> Bool {
    guard encode(values, into: block) else { return false }
    return SuperBlockValues.with(values, importance: importance) { input in
      var search = LevelSearch<Self>(input)
      withUnsafeTemporaryAllocation(byteCount: bytesPerBlock, alignment: 4) { candidate in
        guard let candidate = candidate.baseAddress else { return }
        for start in 0..<(effort == .balanced ? plan.balancedStarts : plan.starts.count) {
          search.run(start: start)
          store(search.best, input, into: candidate)
          improve(block, with: candidate, input)
        }
      }
      return true
    } ?? false
  }
}
