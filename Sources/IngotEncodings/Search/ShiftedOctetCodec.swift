/// A codebook of eight ternary values, shifted up or down: IQ1_S and IQ1_M.
protocol ShiftedOctetCodec: CodebookCodec, ShiftedCodebookDecoder {
  /// Whether all values of a part have the same shift.
  static var hasOneShift: Bool { get }
}

extension ShiftedOctetCodec {
  static var hasEvenSigns: Bool { false }
  static var unit: Float { 1 }
  static var multiplierCount: Int { 8 }
  static var gridLevels: SIMD8<Float> { SIMD8(0.125, 0.875, 1.125, 0, 0, 0, 0, 0) }
  static var gridLevelCount: Int { 3 }
  static var balancedPlan: SearchPlan { .shifted }
  static var bestPlan: SearchPlan { .bestShifted }
  static var referenceLevel: Float { 2 }
  static var search: OctetCodebook { OctetCodebook.iq1 }

  static func fit(_ part: Int, scale: Float, _ block: CodebookValues) -> PartFit {
    let octets = octetsPerPart &* part..<octetsPerPart &* (part &+ 1)
    if hasOneShift { return fit(octets, scale, shifts: block.shifts[octets.lowerBound], block) }
    var fit = PartFit()
    for octet in octets {
      let better = Self.fit(octet..<octet &+ 1, scale, shifts: block.shifts[octet], block)
      let place = octet &- octets.lowerBound
      fit.error += better.error
      fit.dot += better.dot
      fit.norm += better.norm
      fit.first[place] = better.first[0]
      fit.marks[place] = better.marks[0]
    }
    return fit
  }

  /// The best codes of some octets for a scale, with the better of the shifts.
  @inline(__always)
  private static func fit(
    _ octets: Range<Int>, _ scale: Float, shifts: UInt8, _ block: CodebookValues
  ) -> PartFit {
    if shifts == 1 { return fit(octets: octets, scale, isDown: false, block) }
    if shifts == 2 { return fit(octets: octets, scale, isDown: true, block) }
    let up = fit(octets: octets, scale, isDown: false, block)
    let down = fit(octets: octets, scale, isDown: true, block)
    return down.error < up.error ? down : up
  }

  /// The best codes of some octets for a scale and a shift.
  private static func fit(
    octets: Range<Int>, _ scale: Float, isDown: Bool, _ block: CodebookValues
  ) -> PartFit {
    let shift: Float = isDown ? -0.125 : 0.125
    let levels = SIMD4<Float>(-1 + shift, shift, 1 + shift, 0) * scale
    var fit = PartFit()
    var dots = SIMD8<Float>.zero
    var norms = SIMD8<Float>.zero
    for octet in octets {
      let values = block.octet(octet, of: block.values)
      let weights = block.octet(octet, of: block.weights)
      let nearest = search.nearest(OctetCodebook.Costs(values, weights, levels), block.scratch)
      let point = search.points[nearest.index] + shift
      fit.error += nearest.cost
      dots += weights * values * point
      norms += weights * point * point
      fit.first[octet &- octets.lowerBound] = UInt16(truncatingIfNeeded: nearest.index)
      fit.marks[octet &- octets.lowerBound] = isDown ? 1 : 0
    }
    fit.dot = dots.pairSum
    fit.norm = norms.pairSum
    return fit
  }
}
