/// Sorts the factors at which codes change, which are spread over a range rather evenly: into buckets, then by insertion.
enum EventSort {
  private static let bucketCount = 128
  /// The room that is needed beside the lists.
  static let capacity = bucketCount / 4 + 1

  /// Sorts events by the Float32 in their upper half, all in a range.
  @inline(__always)
  static func sort(
    _ events: UnsafePointer<UInt64>, count: Int, range: ClosedRange<Float>,
    into sorted: UnsafeMutablePointer<UInt64>, room: UnsafeMutablePointer<UInt64>
  ) {
    let starts = UnsafeMutableRawPointer(room).assumingMemoryBound(to: UInt16.self)
    let width = range.upperBound - range.lowerBound
    let scale = width > 0 ? Float(bucketCount &- 1) / width : 0
    for bucket in 0...bucketCount { starts[bucket] = 0 }
    func bucket(_ event: UInt64) -> Int {
      let factor = Float(bitPattern: UInt32(truncatingIfNeeded: event >> 32))
      return Int(min(Float(bucketCount &- 1), max(0, (factor - range.lowerBound) * scale)))
    }
    for index in 0..<count { starts[bucket(events[index]) &+ 1] &+= 1 }
    for bucket in 0..<bucketCount { starts[bucket &+ 1] &+= starts[bucket] }
    for index in 0..<count {
      let event = events[index]
      let bucket = bucket(event)
      sorted[Int(starts[bucket])] = event
      starts[bucket] &+= 1
    }
    guard count > 1 else { return }
    for index in 1..<count {
      let event = sorted[index]
      var place = index
      while place > 0, sorted[place &- 1] > event {
        sorted[place] = sorted[place &- 1]
        place &-= 1
      }
      sorted[place] = event
    }
  }
}
