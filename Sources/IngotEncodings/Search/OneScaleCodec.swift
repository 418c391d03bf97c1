/// A codec whose values are levels times one scale, a half: x = level · d.
///
/// Specification: clause E39.2.
protocol OneScaleCodec: ScaledBlockCodec {
  /// The levels and how widely to look for a scale.
  static var plan: OneScalePlan { get }

  /// The level that the reference encoder gives the value of largest magnitude; if positive, its negative goes with negative values.
  static var referenceLevel: Float { get }

  /// The levels nearest to the lanes of a vector.
  static func levels(_ vector: SIMD8<Float>) -> SIMD8<Float>

  /// Looks for the scale of least error.
  static func look(_ search: inout OneScaleSearch<Self>, effort: SearchEffort)

  /// Stores a block from the bits of its scale and the levels of its values, in their order.
  static func store(_ scale: UInt16, levels: UnsafePointer<Float>, into block: UnsafeMutableRawPointer)
}

extension OneScaleCodec {
  static func look(_ search: inout OneScaleSearch<Self>, effort: SearchEffort) {
    search.look()
    if effort == .best { search.sweep() }
  }

  @inline(__always)
  static func search(
    _ values: UnsafePointer<Float>, _ importance: UnsafePointer<Float>?, _ effort: SearchEffort,
    _ input: inout ScaledBlock, into block: UnsafeMutableRawPointer
  ) -> Bool {
    guard input.load(values, importance: importance) else { return false }
    guard input.largest > 0 else { return encode(values, into: block) }
    // No finite scale reaches the values.
    guard input.largest < input.scaled(65520) * plan.extreme else { return false }
    var search = OneScaleSearch<Self>(input)
    if !search.findGrid() {
      let level = referenceLevel
      search.consider(input.half((level < 0 ? input.extreme : input.largest) / level))
      look(&search, effort: effort)
    }
    if !search.hasLevels { search.chooseLevels(search.choice) }
    store(search.choice, levels: input.levels, into: block)
    return true
  }
}

extension SIMD8<Float> {
  /// The integers nearest to the lanes within a range, ties to even.
  @inline(__always)
  func integers(from lowest: Float, to highest: Float) -> Self {
    (limited(lowest, highest) + 0x1.8p23) - 0x1.8p23
  }
}
