/// What the encoders need to know of a block of values.
///
/// Float32 bit patterns without the sign bit order as the magnitudes do, NaN above infinity above all numbers.
/// Reductions over them are integer reductions, which vectorise, and find what is not finite on the way.
enum BlockValues {
  /// The largest magnitude, or `nil` if a value is not finite.
  @inline(__always)
  static func largestMagnitude(_ values: UnsafePointer<Float>, count: Int) -> Float? {
    var largest: Int32 = 0
    for index in 0..<count {
      largest = max(largest, Int32(bitPattern: values[index].bitPattern & 0x7FFF_FFFF))
    }
    let magnitude = Float(bitPattern: UInt32(bitPattern: largest))
    return magnitude.isFinite ? magnitude : nil
  }

  /// The first value of the largest magnitude, with its sign (0 if there are only zeros), or `nil` if a value is not
  /// finite.
  @inline(__always)
  static func extreme(_ values: UnsafePointer<Float>, count: Int) -> Float? {
    // As signed integers, positive numbers stand above all negative ones, and the other way round after a flip of
    // the sign.
    var positive: Int32 = 0
    var negative: Int32 = 0
    for index in 0..<count {
      let bits = values[index].bitPattern
      positive = max(positive, Int32(bitPattern: bits))
      negative = max(negative, Int32(bitPattern: bits ^ 0x8000_0000))
    }
    guard max(positive, negative) < Int32(bitPattern: Float.infinity.bitPattern) else { return nil }
    let highest = Float(bitPattern: UInt32(bitPattern: positive))
    let lowest = -Float(bitPattern: UInt32(bitPattern: negative))
    guard positive == negative else { return positive > negative ? highest : lowest }
    for index in 0..<count where values[index].magnitude == highest && highest > 0 { return values[index] }
    return 0
  }

  /// The smallest and the largest value, or `nil` if a value is not finite.
  ///
  /// A smallest value that is zero has the sign of the first zero; a largest value that is zero is +0 if there is one.
  @inline(__always)
  static func range(_ values: UnsafePointer<Float>, count: Int) -> (lowest: Float, highest: Float)? {
    // With the magnitude bits of negative numbers flipped, signed integers order as the floats do.
    func key(_ bits: Int32) -> Int32 { bits ^ (bits >> 31 & Int32.max) }
    var lowest = Int32.max
    var highest = Int32.min
    for index in 0..<count {
      let key = key(Int32(bitPattern: values[index].bitPattern))
      lowest = min(lowest, key)
      highest = max(highest, key)
    }
    var least = Float(bitPattern: UInt32(bitPattern: key(lowest)))
    let greatest = Float(bitPattern: UInt32(bitPattern: key(highest)))
    guard least.isFinite, greatest.isFinite else { return nil }
    if least == 0 {
      var first = 0
      while values[first] != 0 { first &+= 1 }
      least = values[first]
    }
    return (least, greatest)
  }
}
