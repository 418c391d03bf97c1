/// The nearest of the points of a codebook with three levels for eight values, found exactly.
///
/// The cost of a point is a sum of eight costs, one a value, that depend on the level of that value alone. It is split
/// in two: every half of four values has 81 combinations of levels, whose costs are two small tables; entries ascend,
/// so those with the same second half follow each other, and a second half that is too dear by itself is passed over
/// with all its entries.
///
/// Sums are taken in pairs, ((0 + 1) + (2 + 3)) + ((4 + 5) + (6 + 7)). Addition is monotonic, also with rounding, so
/// nothing is passed over that a full search would find.
///
/// Specification: clauses E38.5, E39.5.
struct OctetCodebook: @unchecked Sendable {
  /// For each second half, in ascending order, the first of its entries; and the end.
  private let starts: UnsafePointer<UInt16>
  /// For each entry the place of its first half in a table of costs.
  private let firstHalves: UnsafePointer<UInt8>
  /// The same by second half.
  private let lists: HalfLists
  /// The levels of the entries, as small integers.
  private let levels: UnsafePointer<SIMD8<UInt32>>
  /// The values of the entries.
  let points: UnsafePointer<SIMD8<Float>>

  /// Never freed: there is one for each codebook.
  init(_ codebook: Codebook<SIMD8<Float>>) {
    let starts = UnsafeMutablePointer<UInt16>.allocate(capacity: 82)
    let firstHalves = UnsafeMutablePointer<UInt8>.allocate(capacity: codebook.entries.count)
    let levels = UnsafeMutablePointer<SIMD8<UInt32>>.allocate(capacity: codebook.entries.count)
    starts.initialize(repeating: 0, count: 82)
    var lists = [[UInt8]](repeating: [], count: 81)
    for (index, entry) in codebook.entries.enumerated() {
      let level = (0..<8).map { Codebook<SIMD8<Float>>.level(of: entry, at: $0) }
      (levels + index).initialize(to: SIMD8(level.map { UInt32($0) }))
      let first = level[0] + 3 * level[1] + CostTable.stride * (level[2] + 3 * level[3])
      (firstHalves + index).initialize(to: UInt8(first))
      let second = level[4] + 3 * level[5] + 9 * (level[6] + 3 * level[7])
      lists[second].append(UInt8(first))
      for half in second..<81 { starts[half + 1] = UInt16(index + 1) }
    }
    self.lists = HalfLists(lists)
    self.starts = UnsafePointer(starts)
    self.firstHalves = UnsafePointer(firstHalves)
    self.levels = UnsafePointer(levels)
    let points = UnsafeMutablePointer<SIMD8<Float>>.allocate(capacity: codebook.points.count)
    for (index, point) in codebook.points.enumerated() { (points + index).initialize(to: point) }
    self.points = UnsafePointer(points)
  }

  /// The costs of each level, for eight values.
  struct Costs {
    var low: SIMD8<Float>
    var middle: SIMD8<Float>
    var high: SIMD8<Float>

    /// Weighted squares of the distances from three values.
    @inline(__always)
    init(_ values: SIMD8<Float>, _ weights: SIMD8<Float>, _ levels: SIMD4<Float>) {
      let low = values - levels[0]
      let middle = values - levels[1]
      let high = values - levels[2]
      self.low = weights * (low * low)
      self.middle = weights * (middle * middle)
      self.high = weights * (high * high)
    }

    @inline(__always)
    func of(_ levels: SIMD8<UInt32>) -> SIMD8<Float> {
      low.replacing(with: middle, where: levels .== 1).replacing(with: high, where: levels .== 2)
    }
  }

  /// The point of the least cost; of several the first.
  func nearest(_ costs: Costs, _ scratch: UnsafeMutablePointer<Float>) -> (index: Int, cost: Float) {
    let first = CostTable(costs, from: 0, at: scratch)
    let second = CostTable(costs, from: 4, at: scratch + CostTable.size)
    var best = Float.infinity
    var bestHalf = 0
    @inline(__always)
    func scan(_ half: Int, _ cost: Float) {
      let sum = lists.least(half, first.costs) + cost
      if sum < best || sum == best && half < bestHalf { (best, bestHalf) = (sum, half) }
    }
    let cheapest = second.cheapest
    let cheapestHalf = cheapest.pair &+ 9 &* cheapest.row
    scan(cheapestHalf, second.least)
    for row in 0..<9 where second.rowLeast(row) + first.least <= best {
      for pair in 0..<9 {
        let cost = second.costs[CostTable.stride &* row &+ pair]
        let half = 9 &* row &+ pair
        if cost + first.least <= best && half != cheapestHalf { scan(half, cost) }
      }
    }
    // The entry of that half: the first that reaches the sum.
    let cost = second.costs[CostTable.stride &* (bestHalf / 9) &+ bestHalf % 9]
    var entry = Int(starts[bestHalf])
    let end = Int(starts[bestHalf &+ 1]) &- 1
    while entry < end && !(first.costs[Int(firstHalves[entry])] + cost <= best) { entry &+= 1 }
    return (entry, best)
  }

  /// The point of the least cost if one of the eight values must have the cost of the other sign; of several the first.
  func nearestWithOneFlipped(
    _ costs: Costs, flipped: Costs, _ scratch: UnsafeMutablePointer<Float>
  ) -> (index: Int, position: Int, cost: Float) {
    let first = CostTable(costs, from: 0, at: scratch)
    let second = CostTable(costs, from: 4, at: scratch + CostTable.size)
    let flippedFirst = CostTable(
      costs, flipped, first, from: 0, at: scratch + 2 &* CostTable.size, scratch + 4 &* CostTable.size)
    let flippedSecond = CostTable(
      costs, flipped, second, from: 4, at: scratch + 3 &* CostTable.size, scratch + 4 &* CostTable.size)
    var best = Float.infinity
    var bestHalf = 0
    @inline(__always)
    func scan(_ half: Int, _ cost: Float, _ flippedCost: Float) {
      let sum = min(
        lists.least(half, first.costs) + flippedCost, lists.least(half, flippedFirst.costs) + cost)
      if sum < best || sum == best && half < bestHalf { (best, bestHalf) = (sum, half) }
    }
    let cheapest = second.cheapest
    let place = cheapest.pair &+ CostTable.stride &* cheapest.row
    scan(cheapest.pair &+ 9 &* cheapest.row, second.least, flippedSecond.costs[place])
    for row in 0..<9 {
      let flippedLeast = flippedSecond.rowLeast(row)
      if min(first.least + flippedLeast, flippedFirst.least + second.rowLeast(row)) > best { continue }
      for pair in 0..<9 {
        let place = CostTable.stride &* row &+ pair
        let cost = second.costs[place]
        let flippedCost = flippedSecond.costs[place]
        if min(first.least + flippedCost, flippedFirst.least + cost) <= best {
          scan(9 &* row &+ pair, cost, flippedCost)
        }
      }
    }
    let bestPlace = CostTable.stride &* (bestHalf / 9) &+ bestHalf % 9
    let cost = second.costs[bestPlace]
    let flippedCost = flippedSecond.costs[bestPlace]
    var entry = Int(starts[bestHalf])
    let end = Int(starts[bestHalf &+ 1]) &- 1
    while entry < end {
      let place = Int(firstHalves[entry])
      if min(first.costs[place] + flippedCost, flippedFirst.costs[place] + cost) <= best { break }
      entry &+= 1
    }
    let level = levels[entry]
    return (entry, Flip.position(costs.of(level), flipped.of(level)), best)
  }

  /// Floats that a search needs room for.
  static let scratchCount = 5 * CostTable.size

  static let iq2XXS = OctetCodebook(Codebooks.iq2XXS)
  static let iq2XS = OctetCodebook(Codebooks.iq2XS)
  static let iq2S = OctetCodebook(Codebooks.iq2S)
  static let iq1 = OctetCodebook(Codebooks.iq1)
}

/// The costs of the 81 combinations of levels that four values have: nine rows of nine, 12 apart.
private struct CostTable {
  static let stride = 12
  /// 9 rows, and the costs of the values 2 and 3 alone.
  static let size = 128

  let costs: UnsafeMutablePointer<Float>
  /// The least of all.
  let least: Float
  /// The least of the values 0 and 1.
  private let pairLeast: Float
  let cheapest: (pair: Int, row: Int)

  private var rows: UnsafeMutablePointer<Float> { costs + 9 &* Self.stride }

  /// The least cost of a row.
  @inline(__always)
  func rowLeast(_ row: Int) -> Float { pairLeast + rows[row] }

  /// The sums of the costs.
  @inline(__always)
  init(_ costs: OctetCodebook.Costs, from start: Int, at place: UnsafeMutablePointer<Float>) {
    self.costs = place
    let rows = place + 9 &* Self.stride
    Self.add(costs, costs, start, into: place)
    Self.add(costs, costs, start &+ 2, into: rows)
    var pairLeast = place[0]
    var rowLeast = rows[0]
    var cheapest = (pair: 0, row: 0)
    for index in 1..<9 {
      if place[index] < pairLeast { (pairLeast, cheapest.pair) = (place[index], index) }
      if rows[index] < rowLeast { (rowLeast, cheapest.row) = (rows[index], index) }
    }
    self.pairLeast = pairLeast
    self.cheapest = cheapest
    least = pairLeast + rowLeast
    let pair = UnsafeRawPointer(place).loadUnaligned(as: SIMD8<Float>.self)
    let last = place[8]
    for row in 0..<9 {
      Self.store(pair + rows[row], at: place + Self.stride &* row)
      place[Self.stride &* row &+ 8] = last + rows[row]
    }
  }

  /// The least sums in which one of the values has its flipped cost.
  @inline(__always)
  init(
    _ costs: OctetCodebook.Costs, _ flipped: OctetCodebook.Costs, _ plain: CostTable, from start: Int,
    at place: UnsafeMutablePointer<Float>, _ scratch: UnsafeMutablePointer<Float>
  ) {
    self.costs = place
    let rows = place + 9 &* Self.stride
    let pairs = scratch
    let plainPairs = scratch + 12
    Self.add(costs, costs, start, into: plainPairs)
    Self.addOneFlipped(costs, flipped, start, into: pairs, scratch + 24)
    Self.addOneFlipped(costs, flipped, start &+ 2, into: rows, scratch + 24)
    let flippedPair = UnsafeRawPointer(pairs).loadUnaligned(as: SIMD8<Float>.self)
    let plainPair = UnsafeRawPointer(plainPairs).loadUnaligned(as: SIMD8<Float>.self)
    var least = Float.infinity
    for row in 0..<9 {
      let left = flippedPair + plain.rows[row]
      let right = plainPair + rows[row]
      let sums = left.replacing(with: right, where: right .< left)
      Self.store(sums, at: place + Self.stride &* row)
      let last = min(pairs[8] + plain.rows[row], plainPairs[8] + rows[row])
      place[Self.stride &* row &+ 8] = last
      rows[row] = min(last, sums.min())
      least = min(least, rows[row])
    }
    self.least = least
    pairLeast = 0
    cheapest = (0, 0)
  }

  @inline(__always)
  private static func store(_ sums: SIMD8<Float>, at place: UnsafeMutablePointer<Float>) {
    UnsafeMutableRawPointer(place).storeBytes(of: sums, as: SIMD8<Float>.self)
  }

  /// The costs of the nine combinations that two values have if one of them is flipped.
  @inline(__always)
  private static func addOneFlipped(
    _ costs: OctetCodebook.Costs, _ flipped: OctetCodebook.Costs, _ position: Int,
    into sums: UnsafeMutablePointer<Float>, _ scratch: UnsafeMutablePointer<Float>
  ) {
    add(costs, flipped, position, into: sums)
    add(flipped, costs, position, into: scratch)
    for index in 0..<9 { sums[index] = min(sums[index], scratch[index]) }
  }

  /// The costs of the nine combinations that two values have.
  @inline(__always)
  private static func add(
    _ first: OctetCodebook.Costs, _ second: OctetCodebook.Costs, _ position: Int,
    into sums: UnsafeMutablePointer<Float>
  ) {
    let low = first.low[position]
    let middle = first.middle[position]
    let high = first.high[position]
    let next = position &+ 1
    sums[0] = low + second.low[next]
    sums[1] = middle + second.low[next]
    sums[2] = high + second.low[next]
    sums[3] = low + second.middle[next]
    sums[4] = middle + second.middle[next]
    sums[5] = high + second.middle[next]
    sums[6] = low + second.high[next]
    sums[7] = middle + second.high[next]
    sums[8] = high + second.high[next]
  }
}

/// Which value of a group has its sign flipped where the number of negative ones must be even.
enum Flip {
  /// The position whose flipped cost makes the least sum, taken in pairs; of several the first.
  @inline(__always)
  static func position(_ costs: SIMD8<Float>, _ flipped: SIMD8<Float>) -> Int {
    var best = Float.infinity
    var bestPosition = 0
    for position in 0..<8 {
      var sums = costs
      sums[position] = flipped[position]
      let sum = ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]))
      if sum < best { (best, bestPosition) = (sum, position) }
    }
    return bestPosition
  }
}
