/// A super-block whose parts have a scale and a minimum each: value = (d · s) · q - n · m.
///
/// Specification: clause E26.4 for the reference encoder, E39.4 for the search.
protocol MinimumSuperBlock: SearchingCodec {
  /// The values of a part: 16 or 32.
  static var partSize: Int { get }
  /// The largest code.
  static var largestCode: Int32 { get }
  /// The largest scale and minimum of a part.
  static var largestScale: Int32 { get }
  /// Where the search starts.
  static var plan: MinimumSearchPlan { get }

  /// Stores a block; the codes are in the order of the values.
  static func store(
    _ scales: SuperBlockScales, codes: UnsafePointer<UInt8>, into block: UnsafeMutableRawPointer)
}

extension MinimumSuperBlock {
  static var elementsPerBlock: Int { 256 }

  static func encode(_ values: UnsafePointer<Float>, into block: UnsafeMutableRawPointer) -> Bool {
    guard BlockValues.largestMagnitude(values, count: 256) != nil else { return false }
    let parts = 256 / partSize
    var steps = SIMD16<Float>.zero
    var depths = SIMD16<Float>.zero
    var largestStep: Float = 0
    var largestDepth: Float = 0
    for part in 0..<parts {
      let values = values + part &* partSize
      var lowest = values[0]
      var highest = values[0]
      for index in 1..<partSize {
        lowest = values[index] < lowest ? values[index] : lowest
        highest = values[index] > highest ? values[index] : highest
      }
      lowest = lowest < 0 ? lowest : 0
      steps[part] = (highest - lowest) / Float(largestCode)
      depths[part] = 0 - lowest
      largestStep = steps[part] > largestStep ? steps[part] : largestStep
      largestDepth = depths[part] > largestDepth ? depths[part] : largestDepth
    }
    let limit = Float(largestScale)
    let scale = largestStep / limit
    let minimum = largestDepth / limit
    guard scale.bitPattern < HalfPrecision.overflow, minimum.bitPattern < HalfPrecision.overflow else {
      return false
    }
    let stepFactor = finite(reciprocal(scale))
    let depthFactor = finite(reciprocal(minimum))
    var choice = SuperBlockScales()
    choice.scale = HalfPrecision.float(HalfPrecision.bits(scale))
    choice.minimum = HalfPrecision.float(HalfPrecision.bits(minimum))
    return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 256) { codes in
      guard let codes = codes.baseAddress else { return false }
      for part in 0..<parts {
        choice.scales[part] = Rounding.down(min(limit, steps[part] * stepFactor + 0.5))
        choice.minimums[part] = Rounding.down(min(limit, depths[part] * depthFactor + 0.5))
        let factor = finite(reciprocal(choice.scale * Float(choice.scales[part])))
        let offset = choice.minimum * Float(choice.minimums[part])
        for index in part &* partSize..<(part &+ 1) &* partSize {
          let code = Rounding.down(min(Float(largestCode), max(0, (values[index] + offset) * factor + 0.5)))
          codes[index] = UInt8(truncatingIfNeeded: code)
        }
      }
      store(choice, codes: codes, into: block)
      return true
    }
  }

  static func search(
    _ values: UnsafePointer<Float>, importance: UnsafePointer<Float>?, effort: SearchEffort,
    into block: UnsafeMutableRawPointer
  ) -> Bool {
    guard encode(values, into: block) else { return false }
    return SuperBlockValues.with(values, importance: importance) { input in
      var search = MinimumSearch<Self>(input)
      withUnsafeTemporaryAllocation(byteCount: bytesPerBlock, alignment: 4) { candidate in
        guard let candidate = candidate.baseAddress else { return }
        for start in 0..<(effort == .balanced ? plan.starts : plan.allStarts) {
          search.run(start: start)
          search.store(into: candidate)
          improve(block, with: candidate, input)
        }
      }
      return true
    } ?? false
  }
}

/// How many places a search starts from.
struct MinimumSearchPlan {
  /// The fits of a part: how many codes wide its range is beside the largest code, from each of three anchors.
  let widths: [Float]
  /// The ranges in which to look for the quotient of the largest scale of a part and the scale of scales; one a start.
  let divisors: [ClosedRange<Float>]
  /// The starts of `balanced`.
  let starts: Int
  /// How far from the fit of a part to look for its scale.
  let reach: Int32
  /// How often at most the halves are solved for.
  let rounds: Int
  /// The starts of `best`.
  var allStarts: Int { divisors.count }
}
