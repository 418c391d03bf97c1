import CVectors

/// The levels of an encoding with one scale, and how widely to look for it.
struct OneScalePlan: @unchecked Sendable {
  typealias Vector = SIMD8<Float>

  /// The levels, ascending.
  let ladder: UnsafeMutablePointer<Float>
  let levelCount: Int
  /// The levels as the kernels know them.
  let kernelLevels: ingot_levels
  /// The magnitude of the level that is largest in magnitude.
  let extreme: Float
  /// Whether the negatives of all levels are levels too, so that scales need no sign.
  let isSymmetric: Bool
  /// Half the distance from zero to the levels next to it; 0 if zero is no level.
  let zeroReach: Float
  /// The numbers up to this magnitude have nearest levels whose doubles are levels.
  let doubleReach: Float
  /// The numbers up to this magnitude have nearest levels whose negatives are levels.
  let commonReach: Float
  /// The factors to look at, as parts of the one that gives the largest value the extreme level; those of plain blocks
  /// first, and for weighted blocks all.
  let factors: UnsafeMutablePointer<Vector>
  let plainCount: Int
  let weightedCount: Int
  /// The factors to look at around the best of these, as parts of it.
  let nearby: Vector
  /// The middles between neighbouring levels, after -infinity and before infinity.
  let middles: UnsafeMutablePointer<Float>
  /// The code of the level nearest to zero.
  let zeroCode: Int

  /// Never freed: there is one for each encoding.
  init(
    levels: [Float], plain: [Float], weighted: [Float],
    nearby: Vector = .zero
  ) {
    self.nearby = nearby + 1
    ladder = .allocate(capacity: levels.count)
    for (index, level) in levels.enumerated() { (ladder + index).initialize(to: level) }
    levelCount = levels.count
    let (lowest, highest) = (levels.first ?? 0, levels.last ?? 0)
    let kind =
      highest - lowest == Float(levels.count - 1)
      ? ingot_levels_integers : levels.count == 2 ? ingot_levels_signs : ingot_levels_uneven
    kernelLevels = ingot_levels(kind: kind, lowest: lowest, highest: highest)
    extreme = levels.reduce(0) { max($0, $1.magnitude) }
    isSymmetric = levels.allSatisfy { levels.contains(-$0) }
    // A number below the middle between two levels stays with the inner one.
    func middle(_ index: Int) -> Float {
      let inner = levels[index] > 0 ? index - 1 : index + 1
      return max(0, (levels[index] + levels[inner]) / (levels[index] > 0 ? 2 : -2))
    }
    func reach(_ isHeld: (Float) -> Bool) -> Float {
      levels.indices.reduce(.infinity) { isHeld(levels[$1]) ? $0 : min($0, middle($1)) }
    }
    middles = .allocate(capacity: levels.count + 1)
    for index in 0...levels.count {
      let isInner = index > 0 && index < levels.count
      (middles + index).initialize(
        to: isInner ? (levels[index - 1] + levels[index]) / 2 : index == 0 ? -.infinity : .infinity)
    }
    zeroCode = levels.indices.min { levels[$0].magnitude < levels[$1].magnitude } ?? 0
    zeroReach = levels.contains(0) ? reach { $0 == 0 } : 0
    doubleReach = reach { levels.contains(2 * $0) }
    commonReach = reach { levels.contains(-$0) }
    plainCount = (plain.count + 7) / 8
    weightedCount = plainCount + (weighted.count + 7) / 8
    factors = .allocate(capacity: weightedCount)
    for index in 0..<weightedCount {
      let list = index < plainCount ? plain : weighted
      let start = 8 * (index < plainCount ? index : index - plainCount)
      var vector = Vector()
      for lane in 0..<8 { vector[lane] = list[min(start + lane, list.count - 1)] }
      (factors + index).initialize(to: vector)
    }
  }
}

extension OneScalePlan {
  /// Numbers from one to another, evenly spaced.
  static func spread(_ range: ClosedRange<Float>, _ count: Int, sign: Float = 1) -> [Float] {
    (0..<count).map { index in
      let part = Float(index) / Float(count - 1)
      return sign * (range.lowerBound + part * (range.upperBound - range.lowerBound))
    }
  }
}
