/// A codebook of eight magnitudes: IQ2_XXS, IQ2_XS and IQ2_S.
protocol SignedOctetCodec: CodebookCodec, SignedCodebookDecoder where Point == SIMD8<Float> {
  static var search: OctetCodebook { get }
}

extension SignedOctetCodec {
  static var unit: Float { 0.125 }
  static var multiplierCount: Int { 16 }
  static var gridLevels: SIMD8<Float> { SIMD8(8, 25, 43, 0, 0, 0, 0, 0) }
  static var gridLevelCount: Int { 3 }
  static var balancedPlan: SearchPlan { .signed }
  static var bestPlan: SearchPlan { .bestSigned }
  static var referenceLevel: Float { 43 }

  static func fit(_ part: Int, scale: Float, _ block: CodebookValues) -> PartFit {
    let levels = SIMD4<Float>(8, 25, 43, 0) * scale
    var fit = PartFit()
    var dots = SIMD8<Float>.zero
    var norms = SIMD8<Float>.zero
    for place in 0..<octetsPerPart {
      let octet = part &* octetsPerPart &+ place
      var values = block.octet(octet, of: block.magnitudes)
      let weights = block.octet(octet, of: block.weights)
      var signs = block.signs[octet]
      let costs = OctetCodebook.Costs(values, weights, levels)
      let index: Int
      if hasEvenSigns && signs.nonzeroBitCount & 1 == 1 {
        let flipped = OctetCodebook.Costs(-values, weights, levels)
        let nearest = search.nearestWithOneFlipped(costs, flipped: flipped, block.scratch)
        index = nearest.index
        fit.error += nearest.cost
        signs ^= 1 << UInt8(truncatingIfNeeded: nearest.position)
        values[nearest.position] = -values[nearest.position]
      } else {
        let nearest = search.nearest(costs, block.scratch)
        index = nearest.index
        fit.error += nearest.cost
      }
      let point = search.points[index]
      dots += weights * values * point
      norms += weights * point * point
      fit.first[place] = UInt16(truncatingIfNeeded: index)
      fit.marks[place] = signs
    }
    fit.dot = dots.pairSum
    fit.norm = norms.pairSum
    return fit
  }
}
