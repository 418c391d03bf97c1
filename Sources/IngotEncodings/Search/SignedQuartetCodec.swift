/// A codebook of four magnitudes: IQ3_XXS and IQ3_S.
protocol SignedQuartetCodec: CodebookCodec, SignedCodebookDecoder where Point == SIMD4<Float> {
  static var search: QuartetCodebook { get }
  static var levels: SIMD8<Float> { get }
}

extension SignedQuartetCodec {
  static var multiplierCount: Int { 16 }
  static var elementsPerPart: Int { 32 }
  static var gridLevels: SIMD8<Float> { levels }
  static var gridLevelCount: Int { 8 }
  static var balancedPlan: SearchPlan { .signedQuartets }
  static var bestPlan: SearchPlan { .bestSigned }
  static var referenceLevel: Float { levels[7] }

  static func fit(_ part: Int, scale: Float, _ block: CodebookValues) -> PartFit {
    let levels = levels * scale
    var fit = PartFit()
    var dots = SIMD8<Float>.zero
    var norms = SIMD8<Float>.zero
    for place in 0..<4 {
      let octet = 4 &* part &+ place
      var values = block.octet(octet, of: block.magnitudes)
      let weights = block.octet(octet, of: block.weights)
      var signs = block.signs[octet]
      let firstCosts = QuartetCodebook.Costs(values.lowHalf, weights.lowHalf, levels)
      let secondCosts = QuartetCodebook.Costs(values.highHalf, weights.highHalf, levels)
      var first = search.nearest(firstCosts, block.scratch)
      var second = search.nearest(secondCosts, block.scratch)
      if hasEvenSigns && signs.nonzeroBitCount & 1 == 1 {
        let firstFlippedCosts = QuartetCodebook.Costs(-values.lowHalf, weights.lowHalf, levels)
        let secondFlippedCosts = QuartetCodebook.Costs(-values.highHalf, weights.highHalf, levels)
        let firstFlipped = search.nearestWithOneFlipped(firstCosts, flipped: firstFlippedCosts, block.scratch)
        let secondFlipped = search.nearestWithOneFlipped(
          secondCosts, flipped: secondFlippedCosts, block.scratch)
        if firstFlipped.cost + second.cost <= first.cost + secondFlipped.cost {
          first = firstFlipped
        } else {
          second = secondFlipped
        }
        let costs = SIMD8(
          lowHalf: search.costs(first.index, firstCosts), highHalf: search.costs(second.index, secondCosts))
        let flipped = SIMD8(
          lowHalf: search.costs(first.index, firstFlippedCosts),
          highHalf: search.costs(second.index, secondFlippedCosts))
        let position = Flip.position(costs, flipped)
        signs ^= 1 << UInt8(truncatingIfNeeded: position)
        values[position] = -values[position]
      }
      fit.error += first.cost + second.cost
      let point = SIMD8(lowHalf: search.points[first.index], highHalf: search.points[second.index])
      dots += weights * values * point
      norms += weights * point * point
      fit.first[place] = UInt16(truncatingIfNeeded: first.index)
      fit.second[place] = UInt16(truncatingIfNeeded: second.index)
      fit.marks[place] = signs
    }
    fit.dot = dots.pairSum
    fit.norm = norms.pairSum
    return fit
  }
}
