/// The nearest of the points of a codebook with eight levels for four values, found exactly.
///
/// As in ``OctetCodebook``, with halves of two values: 64 combinations of levels each.
///
/// Specification: clauses E38.5, E39.5.
struct QuartetCodebook: @unchecked Sendable {
  /// For each second half, in ascending order, the first of its entries; and the end.
  private let starts: UnsafePointer<UInt16>
  /// For each entry its first half.
  private let firstHalves: UnsafePointer<UInt8>
  /// The same by second half.
  private let lists: HalfLists
  private let entries: UnsafePointer<UInt16>
  /// The values of the entries.
  let points: UnsafePointer<SIMD4<Float>>

  /// Never freed: there is one for each codebook.
  init(_ codebook: Codebook<SIMD4<Float>>) {
    let starts = UnsafeMutablePointer<UInt16>.allocate(capacity: 65)
    let firstHalves = UnsafeMutablePointer<UInt8>.allocate(capacity: codebook.entries.count)
    let entries = UnsafeMutablePointer<UInt16>.allocate(capacity: codebook.entries.count)
    starts.initialize(repeating: 0, count: 65)
    var lists = [[UInt8]](repeating: [], count: 64)
    for (index, entry) in codebook.entries.enumerated() {
      (entries + index).initialize(to: entry)
      (firstHalves + index).initialize(to: UInt8(entry & 63))
      lists[Int(entry >> 6)].append(UInt8(entry & 63))
      for half in Int(entry >> 6)..<64 { starts[half + 1] = UInt16(index + 1) }
    }
    self.lists = HalfLists(lists)
    self.starts = UnsafePointer(starts)
    self.firstHalves = UnsafePointer(firstHalves)
    self.entries = UnsafePointer(entries)
    let points = UnsafeMutablePointer<SIMD4<Float>>.allocate(capacity: codebook.points.count)
    for (index, point) in codebook.points.enumerated() { (points + index).initialize(to: point) }
    self.points = UnsafePointer(points)
  }

  /// The costs of the eight levels, for four values.
  struct Costs {
    var first: SIMD8<Float>
    var second: SIMD8<Float>
    var third: SIMD8<Float>
    var fourth: SIMD8<Float>

    /// Weighted squares of the distances from eight values.
    @inline(__always)
    init(_ values: SIMD4<Float>, _ weights: SIMD4<Float>, _ levels: SIMD8<Float>) {
      @inline(__always)
      func costs(_ position: Int) -> SIMD8<Float> {
        let differences = values[position] - levels
        return weights[position] * (differences * differences)
      }
      first = costs(0)
      second = costs(1)
      third = costs(2)
      fourth = costs(3)
    }

    /// The costs of one entry.
    @inline(__always)
    func of(_ entry: UInt16) -> SIMD4<Float> {
      SIMD4(
        first[Int(entry & 7)], second[Int(entry >> 3 & 7)], third[Int(entry >> 6 & 7)],
        fourth[Int(entry >> 9)])
    }
  }

  /// The costs of one entry.
  @inline(__always)
  func costs(_ index: Int, _ costs: Costs) -> SIMD4<Float> { costs.of(entries[index]) }

  /// The point of the least cost; of several the first.
  func nearest(_ costs: Costs, _ scratch: UnsafeMutablePointer<Float>) -> (index: Int, cost: Float) {
    let firstCosts = scratch
    let secondCosts = scratch + 64
    let firstLeast = Self.add(costs.first, costs.second, into: firstCosts)
    _ = Self.add(costs.third, costs.fourth, into: secondCosts)
    let thirdLeast = least(costs.third)
    let fourth = scratch + 256
    UnsafeMutableRawPointer(fourth).storeBytes(of: costs.fourth, as: SIMD8<Float>.self)
    var best = Float.infinity
    var bestHalf = 0
    @inline(__always)
    func scan(_ half: Int) {
      let sum = lists.least(half, firstCosts) + secondCosts[half]
      if sum < best || sum == best && half < bestHalf { (best, bestHalf) = (sum, half) }
    }
    let cheapest = place(of: thirdLeast, costs.third) &+ 8 &* place(of: least(costs.fourth), costs.fourth)
    scan(cheapest)
    for row in 0..<8 where (thirdLeast + fourth[row]) + firstLeast <= best {
      for half in 8 &* row..<8 &* row &+ 8
      where secondCosts[half] + firstLeast <= best && half != cheapest { scan(half) }
    }
    let cost = secondCosts[bestHalf]
    var entry = Int(starts[bestHalf])
    let end = Int(starts[bestHalf &+ 1]) &- 1
    while entry < end && !(firstCosts[Int(firstHalves[entry])] + cost <= best) { entry &+= 1 }
    return (entry, best)
  }

  /// The point of the least cost if one of the four values must have the cost of the other sign; of several the first.
  func nearestWithOneFlipped(
    _ costs: Costs, flipped: Costs, _ scratch: UnsafeMutablePointer<Float>
  ) -> (index: Int, cost: Float) {
    let firstCosts = scratch
    let secondCosts = scratch + 64
    let flippedFirst = scratch + 128
    let flippedSecond = scratch + 192
    let firstLeast = Self.add(costs.first, costs.second, into: firstCosts)
    _ = Self.add(costs.third, costs.fourth, into: secondCosts)
    let flippedLeast = Self.addOneFlipped(
      (costs.first, costs.second), (flipped.first, flipped.second), into: flippedFirst)
    _ = Self.addOneFlipped(
      (costs.third, costs.fourth), (flipped.third, flipped.fourth), into: flippedSecond)
    var best = Float.infinity
    var bestHalf = 0
    for half in 0..<64 {
      let cost = secondCosts[half]
      let flippedCost = flippedSecond[half]
      if min(firstLeast + flippedCost, flippedLeast + cost) >= best { continue }
      let sum = min(lists.least(half, firstCosts) + flippedCost, lists.least(half, flippedFirst) + cost)
      if sum < best { (best, bestHalf) = (sum, half) }
    }
    let cost = secondCosts[bestHalf]
    let flippedCost = flippedSecond[bestHalf]
    var entry = Int(starts[bestHalf])
    let end = Int(starts[bestHalf &+ 1]) &- 1
    while entry < end {
      let place = Int(firstHalves[entry])
      if min(firstCosts[place] + flippedCost, flippedFirst[place] + cost) <= best { break }
      entry &+= 1
    }
    return (entry, best)
  }

  /// Floats that a search needs room for.
  static let scratchCount = 264

  static let iq3XXS = QuartetCodebook(Codebooks.iq3XXS)
  static let iq3S = QuartetCodebook(Codebooks.iq3S)

  /// The costs of the 64 combinations that two values have, and the least of them.
  @inline(__always)
  private static func add(
    _ first: SIMD8<Float>, _ second: SIMD8<Float>, into sums: UnsafeMutablePointer<Float>
  ) -> Float {
    for row in 0..<8 {
      UnsafeMutableRawPointer(sums + 8 &* row).storeBytes(of: first + second[row], as: SIMD8<Float>.self)
    }
    return least(first) + least(second)
  }

  /// The costs of the 64 combinations that two values have if one of them is flipped, and the least of them.
  @inline(__always)
  private static func addOneFlipped(
    _ plain: (SIMD8<Float>, SIMD8<Float>), _ flipped: (SIMD8<Float>, SIMD8<Float>),
    into sums: UnsafeMutablePointer<Float>
  ) -> Float {
    for row in 0..<8 {
      let left = flipped.0 + plain.1[row]
      let right = plain.0 + flipped.1[row]
      UnsafeMutableRawPointer(sums + 8 &* row)
        .storeBytes(of: left.replacing(with: right, where: right .< left), as: SIMD8<Float>.self)
    }
    return min(least(flipped.0) + least(plain.1), least(plain.0) + least(flipped.1))
  }
}

/// The least of eight numbers, none of which is NaN.
@inline(__always)
private func least(_ numbers: SIMD8<Float>) -> Float {
  let four = numbers.lowHalf.replacing(with: numbers.highHalf, where: numbers.highHalf .< numbers.lowHalf)
  return min(min(four[0], four[1]), min(four[2], four[3]))
}

/// The first place of the least of eight numbers.
@inline(__always)
private func place(of least: Float, _ numbers: SIMD8<Float>) -> Int {
  var place = 7
  for index in 1..<8 where numbers[7 &- index] == least { place = 7 &- index }
  return place
}
