/// The first halves that go with each second half in a codebook, four at a time.
struct HalfLists: @unchecked Sendable {
  /// For each second half the start of its list, in fours; and the end.
  private let starts: UnsafePointer<UInt16>
  /// Places in a table of costs; a list whose length is no multiple of four repeats its last.
  private let places: UnsafePointer<UInt8>

  /// Never freed: there is one for each codebook.
  init(_ lists: [[UInt8]]) {
    let starts = UnsafeMutablePointer<UInt16>.allocate(capacity: lists.count + 1)
    let places = UnsafeMutablePointer<UInt8>.allocate(capacity: lists.reduce(0) { $0 + $1.count + 3 })
    var count = 0
    for (half, list) in lists.enumerated() {
      (starts + half).initialize(to: UInt16(count / 4))
      for index in 0..<(list.count + 3) / 4 * 4 {
        (places + count).initialize(to: list[min(index, list.count - 1)])
        count += 1
      }
    }
    (starts + lists.count).initialize(to: UInt16(count / 4))
    self.starts = UnsafePointer(starts)
    self.places = UnsafePointer(places)
  }

  /// The least cost of the first halves of a second half; infinity if it has none.
  @inline(__always)
  func least(_ half: Int, _ costs: UnsafePointer<Float>) -> Float {
    // Four minima that do not wait for each other.
    var first = Float.infinity
    var second = Float.infinity
    var third = Float.infinity
    var fourth = Float.infinity
    var place = places + 4 &* Int(starts[half])
    let end = places + 4 &* Int(starts[half &+ 1])
    while place < end {
      let costs = (costs[Int(place[0])], costs[Int(place[1])], costs[Int(place[2])], costs[Int(place[3])])
      first = costs.0 < first ? costs.0 : first
      second = costs.1 < second ? costs.1 : second
      third = costs.2 < third ? costs.2 : third
      fourth = costs.3 < fourth ? costs.3 : fourth
      place += 4
    }
    first = second < first ? second : first
    third = fourth < third ? fourth : third
    return third < first ? third : first
  }
}
