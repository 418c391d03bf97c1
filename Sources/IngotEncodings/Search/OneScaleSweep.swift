extension OneScaleSearch {
  /// Looks at every choice of codes that is the best one for some scale.
  ///
  /// A code changes only where its value times the factor passes the middle between two levels. In the order of these
  /// factors each choice differs from the one before in one code, and so do the sums.
  mutating func sweep() {
    sweep(sign: 1)
    if !Codec.plan.isSymmetric { sweep(sign: -1) }
  }

  private mutating func sweep(sign: Float) {
    let plan = Codec.plan
    guard let range = factors(sign) else { return }
    let events = input.room
    let sorted = input.room + ScaledBlock.eventCapacity
    let (ladder, middles) = (plan.ladder, plan.middles)
    var (product, squares, count) = (0.0, 0.0, 0)
    for index in 0..<Codec.elementsPerBlock {
      let value = sign * input.values[index]
      let lowest = value * range.lowerBound
      var code = plan.zeroCode
      if value > 0 {
        while middles[code &+ 1] < lowest { code &+= 1 }
        var next = code &+ 1
        while middles[next] <= value * range.upperBound, next < plan.levelCount {
          events[count] = Self.event(middles[next] / value, index, next)
          count &+= 1
          next &+= 1
        }
      } else if value < 0 {
        while middles[code] > lowest { code &-= 1 }
        var next = code
        while middles[next] >= value * range.upperBound, next > 0 {
          events[count] = Self.event(middles[next] / value, index, next)
          count &+= 1
          next &-= 1
        }
      }
      let level = Double(ladder[code])
      product += Double(sign * input.products[index]) * level
      squares += Double(input.weights[index]) * level * level
    }
    EventSort.sort(
      events, count: count, range: range, into: sorted, room: input.room + 2 * ScaledBlock.eventCapacity)
    test(product, squares, sign)
    var saved = input.energy - error
    for position in 0..<count {
      let event = sorted[position]
      let index = Int(truncatingIfNeeded: event >> 8 & 0xFF)
      let code = Int(truncatingIfNeeded: event & 0xFF)
      let (lower, upper) = (Double(ladder[code &- 1]), Double(ladder[code]))
      let value = sign * input.values[index]
      let change = value > 0 ? upper - lower : lower - upper
      product += change * Double(sign * input.products[index])
      squares += change * (upper + lower) * Double(input.weights[index])
      if product * product > saved * squares {
        test(product, squares, sign)
        saved = input.energy - error
      }
    }
  }

  /// A factor, the value whose code changes there, and the upper of the two codes.
  @inline(__always)
  private static func event(_ factor: Float, _ index: Int, _ code: Int) -> UInt64 {
    UInt64(factor.bitPattern) << 32 | UInt64(truncatingIfNeeded: index &<< 8 | code)
  }

  /// Takes one of the two halves next to the scale of a choice of codes, if it gives less error.
  @inline(never)
  private mutating func test(_ product: Double, _ squares: Double, _ sign: Float) {
    guard product > 0, squares > 0 else { return }
    let scale = product / squares
    let nearest = input.half(Float(scale)) & 0x7FFF
    for bits in [nearest, nearest &+ 1, nearest &- 1] where bits < 0x7C00 {
      let scale = Double(input.scaled(HalfPrecision.float(bits)))
      let error = input.energy + scale * (scale * squares - 2 * product)
      if error < self.error { consider(sign < 0 ? bits | 0x8000 : bits) }
    }
  }

  /// The factors within which less error than that of the choice so far is possible.
  func factors(_ sign: Float) -> ClosedRange<Float>? {
    let plan = Codec.plan
    // The largest level falls short of a value by less than what the whole error allows.
    var highest = Float.infinity
    let limit = Float(error) * 1.000_01
    for index in 0..<Codec.elementsPerBlock where input.weights[index] > 0 {
      let reach = input.values[index].magnitude - (limit / input.weights[index]).squareRoot()
      if reach > 0 { highest = min(highest, plan.extreme / reach) }
    }
    highest *= 1.000_01
    var lowest: Float = 0
    if plan.zeroReach > 0 {
      // Values that become zero keep their square as error; that of the others is not negative.
      lowest = plan.zeroReach / input.largest * 0.999_99
      var (low, high) = (lowest, min(highest, plan.extreme * 64))
      for _ in 0..<6 where low < high {
        let middle = (low * high).squareRoot()
        let reach = plan.zeroReach / middle
        var sum: Float = 0
        for index in 0..<Codec.elementsPerBlock {
          let value = input.values[index]
          sum += value.magnitude < reach ? value * input.products[index] : 0
        }
        if sum > limit { low = middle } else { high = middle }
      }
      lowest = max(lowest, low * 0.999_99)
    }
    // Where no value goes beyond half of the levels, half the scale is as good: a half too, but for the smallest.
    if input.largest > input.scaled(plan.doubleReach * 0x1p-13) {
      lowest = max(lowest, plan.doubleReach / input.largest * 0.999_99)
    }
    if sign < 0 { lowest = max(lowest, plan.commonReach / input.largest * 0.999_99) }
    return lowest < highest ? lowest...highest : nil
  }
}
