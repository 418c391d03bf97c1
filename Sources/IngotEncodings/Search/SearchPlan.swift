/// How much a search in codebooks tries.
struct SearchPlan: Sendable {
  /// The scales from which the fit of a part starts, as multiples of what its mean square suggests.
  let ofMean: SIMD16<Float>
  let meanCount: Int
  /// And as multiples of what its largest value suggests.
  let ofLargest: SIMD16<Float>
  let largestCount: Int
  /// How often the scale of a part is solved for its codes.
  let refits: Int
  /// d makes the largest scale of a part this multiple of its unit.
  let odds: SIMD32<Float>
  let oddCount: Int
  /// How often d is solved for the codes.
  let rounds: Int
  /// How many multipliers below and above that of the scale of a part are tried.
  let below: Int
  let above: Int
  /// Whether the shifts of the first fit of a part stay as they are.
  let keepsShifts: Bool
  /// Whether the value whose sign is flipped is looked for together with the point.
  let flipsExactly: Bool

  init(
    ofMean: [Float], ofLargest: [Float], refits: Int, odds: [Float], rounds: Int, below: Int = 0,
    above: Int = 1,
    keepsShifts: Bool = false, flipsExactly: Bool = false
  ) {
    (self.ofMean, meanCount) = Self.lanes(ofMean)
    (self.ofLargest, largestCount) = Self.lanes(ofLargest)
    self.refits = refits
    (self.odds, oddCount) = Self.lanes(odds)
    self.rounds = rounds
    self.below = below
    self.above = above
    self.keepsShifts = keepsShifts
    self.flipsExactly = flipsExactly
  }

  /// Numbers without memory of their own.
  private static func lanes<Lanes: SIMD<Float>>(_ numbers: [Float]) -> (Lanes, Int) {
    var lanes = Lanes()
    for (index, number) in numbers.enumerated() { lanes[index] = number }
    return (lanes, numbers.count)
  }
}

extension SearchPlan {
  /// For codebooks of eight magnitudes.
  static let signed = SearchPlan(ofMean: [0.9, 1.1], ofLargest: [0.9], refits: 1, odds: [31, 27], rounds: 0)

  /// For codebooks of four magnitudes, whose search takes longer.
  static let signedQuartets = SearchPlan(ofMean: [1], ofLargest: [0.9], refits: 1, odds: [29], rounds: 0)

  /// For codebooks of ternary values.
  static let shifted = SearchPlan(
    ofMean: [1.1], ofLargest: [], refits: 1, odds: [15], rounds: 0, keepsShifts: true)

  /// For codebooks of magnitudes, at any cost.
  static let bestSigned = SearchPlan(
    ofMean: [0.7, 0.8, 0.9, 1, 1.1, 1.2, 1.35], ofLargest: [0.7, 0.85, 1, 1.1], refits: 3,
    odds: [31, 30, 29, 28, 27, 26, 25, 24, 23, 21, 19, 15], rounds: 2, below: 1, above: 2, flipsExactly: true)

  /// For codebooks of ternary values, at any cost.
  static let bestShifted = SearchPlan(
    ofMean: [0.6, 0.75, 0.9, 1, 1.1, 1.25, 1.4, 1.7, 2.1], ofLargest: [0.4, 0.6, 0.8, 1, 1.5, 1.78],
    refits: 3,
    odds: [16, 15, 14, 13, 11, 9], rounds: 2, below: 1, above: 2)
}
