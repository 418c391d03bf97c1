extension CodebookCodec {
  /// The reference encoder (clause E38.5).
  static func encode(_ values: UnsafePointer<Float>, into block: UnsafeMutableRawPointer) -> Bool {
    guard BlockValues.largestMagnitude(values, count: 256) != nil else { return false }
    return withUnsafeTemporaryAllocation(of: PartFit.self, capacity: partCount) { fits in
      withUnsafeTemporaryAllocation(of: Int.self, capacity: partCount) { multipliers in
        guard let fits = fits.baseAddress, let multipliers = multipliers.baseAddress else { return false }
        var largest: Float = 0
        for part in 0..<partCount { largest = max(largest, referenceScale(values, part)) }
        let scale = largest / (unit * Float(2 * multiplierCount - 1))
        let bits = HalfPrecision.bits(scale)
        guard bits < 0x7C00 else { return false }
        let factor = finite(reciprocal(2 * unit * scale))
        CodebookRoom.with(values, exponent: 0) { room in
          if hasEvenSigns { room.evenSigns() }
          for part in 0..<partCount {
            let multiple = Rounding.down(referenceScale(values, part) * factor)
            multipliers[part] = min(multiplierCount - 1, Int(multiple))
            let scale = HalfPrecision.float(bits) * unit * Float(2 * multipliers[part] + 1)
            (fits + part).initialize(to: fit(part, scale: scale, room))
          }
        }
        store(bits, fits, multipliers, in: block)
        return true
      }
    }
  }

  /// The scale of a part in the reference encoder.
  private static func referenceScale(_ values: UnsafePointer<Float>, _ part: Int) -> Float {
    var largest: Float = 0
    for index in part * elementsPerPart..<(part + 1) * elementsPerPart {
      largest = max(largest, values[index].magnitude)
    }
    return largest / referenceLevel
  }

  static func search(
    _ values: UnsafePointer<Float>, importance: UnsafePointer<Float>?, effort: SearchEffort,
    into block: UnsafeMutableRawPointer
  ) -> Bool {
    guard encode(values, into: block) else { return false }
    guard let largest = BlockValues.largestMagnitude(values, count: 256), largest > 0 else { return true }
    var error = error(of: block, values, importance)
    if error == 0 && importance == nil { return true }
    if storeGrid(values, largest, into: block) { return true }
    let planCount = effort == .balanced ? 1 : 2
    withUnsafeTemporaryAllocation(byteCount: bytesPerBlock, alignment: 8) { trial in
      guard let trial = trial.baseAddress else { return }
      for index in 0..<planCount {
        search(values, largest, importance, index == 0 ? balancedPlan : bestPlan, into: trial)
        let trialError = Self.error(of: trial, values, importance)
        if trialError < error {
          error = trialError
          block.copyMemory(from: trial, byteCount: bytesPerBlock)
        }
      }
    }
    return true
  }

  private static func storeGrid(
    _ values: UnsafePointer<Float>, _ largest: Float, into block: UnsafeMutableRawPointer
  ) -> Bool {
    let exponent = -Int(largest.exponent)
    return CodebookRoom.with(values, exponent: exponent) { room in
      CodebookSearch<Self>.run(room, exponent: exponent, plan: balancedPlan) { search in
        guard search.findGrid() else { return false }
        store(search.best.scale, search.best.fits, search.best.multipliers, in: block)
        return true
      }
    }
  }

  private static func search(
    _ values: UnsafePointer<Float>, _ largest: Float, _ importance: UnsafePointer<Float>?, _ plan: SearchPlan,
    into block: UnsafeMutableRawPointer
  ) {
    let exponent = -Int(largest.exponent)
    CodebookRoom.with(values, exponent: exponent) { room in
      if let importance {
        for index in 0..<256 { room.weights[index] = importance[index] }
      }
      if hasEvenSigns && !plan.flipsExactly { room.evenSigns() }
      CodebookSearch<Self>.run(room, exponent: exponent, plan: plan) { search in
        search.search()
        store(search.best.scale, search.best.fits, search.best.multipliers, in: block)
      }
    }
  }

  /// Σ w(x̂ − x)².
  private static func error(
    of block: UnsafeMutableRawPointer, _ values: UnsafePointer<Float>, _ importance: UnsafePointer<Float>?
  ) -> Double {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: 256) { decoded in
      guard let decoded = decoded.baseAddress else { return 0 }
      decode(block, into: decoded)
      var sum = 0.0
      for index in 0..<256 {
        let difference = Double(decoded[index]) - Double(values[index])
        sum += Double(importance?[index] ?? 1) * (difference * difference)
      }
      return sum
    }
  }

  /// Writes a block.
  private static func store(
    _ scale: UInt16, _ fits: UnsafePointer<PartFit>, _ multipliers: UnsafePointer<Int>,
    in block: UnsafeMutableRawPointer
  ) {
    for offset in 0..<bytesPerBlock { block.storeBytes(of: 0, toByteOffset: offset, as: UInt8.self) }
    store(scale: scale, in: block)
    for part in 0..<partCount {
      store(multiplier: multipliers[part], part: part, in: block)
      store(fits[part], part: part, in: block)
    }
  }
}
