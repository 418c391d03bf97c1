/// Values that a block of the encoding has decoded to before: the same block again, or one of the same values.
///
/// All magnitudes of a part are levels times one scale, and the scales of the parts odd multiples of one unit. Few
/// blocks of other origin get past their first part.
///
/// Specification: clause E39.5.
extension CodebookSearch {
  /// Finds a choice without any error, or returns `false`.
  ///
  /// All weights must be 1, and no sign be flipped.
  mutating func findGrid() -> Bool {
    let levels = Codec.gridLevels
    let smallest = smallestMagnitude(0)
    for level in 0..<Codec.gridLevelCount {
      let scale = smallest / levels[level]
      guard isOnGrid(0, scale) else { continue }
      for multiplier in 0..<Codec.multiplierCount {
        let bits = half(scale / (Codec.unit * Float(2 * multiplier + 1)))
        let unit = value(bits) * Codec.unit
        if unit * Float(2 * multiplier + 1) == scale && fitWithoutError(bits, unit) { return true }
      }
    }
    return false
  }

  private mutating func fitWithoutError(_ bits: UInt16, _ unit: Float) -> Bool {
    best.scale = bits
    best.error = 0
    for part in 0..<Codec.partCount {
      var isFound = false
      for multiplier in 0..<Codec.multiplierCount where !isFound {
        let scale = unit * Float(2 * multiplier + 1)
        guard isOnGrid(part, scale) else { continue }
        let fit = Codec.fit(part, scale: scale, block)
        guard fit.error == 0 else { continue }
        best.multipliers[part] = multiplier
        best.fits[part] = fit
        isFound = true
      }
      if !isFound {
        best.error = .infinity
        return false
      }
    }
    return true
  }

  private func smallestMagnitude(_ part: Int) -> Float {
    var smallest = Float.infinity
    for index in part * Codec.elementsPerPart..<(part + 1) * Codec.elementsPerPart {
      smallest = min(smallest, block.magnitudes[index])
    }
    return smallest
  }

  /// Whether all magnitudes of a part are levels times a scale.
  private func isOnGrid(_ part: Int, _ scale: Float) -> Bool {
    guard scale > 0 else { return false }
    let levels = Codec.gridLevels * scale
    for index in part * Codec.elementsPerPart..<(part + 1) * Codec.elementsPerPart {
      var isLevel = false
      for level in 0..<Codec.gridLevelCount where levels[level] == block.magnitudes[index] { isLevel = true }
      if !isLevel { return false }
    }
    return true
  }
}
