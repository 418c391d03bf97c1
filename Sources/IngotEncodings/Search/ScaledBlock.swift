import CVectors

/// A block, or a part of one with a scale of its own, in memory that a run of blocks shares.
///
/// The values are those given times a power of two that brings the largest magnitude into [1, 2): exact, and no product
/// overflows.
struct ScaledBlock {
  typealias Vector = SIMD8<Float>

  /// The values times 2^-exponent.
  let values: UnsafeMutablePointer<Float>
  /// The weights, 1 where there are none.
  let weights: UnsafeMutablePointer<Float>
  /// The values times the weights.
  let products: UnsafeMutablePointer<Float>
  /// Room for a level of each value.
  let levels: UnsafeMutablePointer<Float>
  /// The inner loops.
  let kernels: UnsafePointer<ingot_kernels>
  /// Room for two lists of events and the memory of their sorting.
  let room: UnsafeMutablePointer<UInt64>

  /// Room for the values less their mean: that of sorting.
  var centered: UnsafeMutablePointer<Float> {
    UnsafeMutableRawPointer(room).assumingMemoryBound(to: Float.self)
  }

  /// The number of values, a multiple of eight.
  let count: Int
  /// 2^exponent and 2^-exponent, as two factors each, since one may lie beyond the powers of two that Float32 has.
  private var up: (Float, Float) = (1, 1)
  private var down: (Float, Float) = (1, 1)
  private(set) var isWeighted = false
  private var extent = ingot_extent()

  /// The largest magnitude; 0 in a block of zeros.
  @inline(__always) var largest: Float { max(extent.highest, -extent.lowest).magnitude }
  @inline(__always) var lowest: Float { extent.lowest }
  @inline(__always) var highest: Float { extent.highest }
  /// Whether all values are multiples of 2^-23.
  @inline(__always) var isCoarse: Bool { extent.isCoarse != 0 }
  /// Σ w·x².
  @inline(__always) var energy: Double { extent.energy }

  /// The numbers that are sorted at most: one for each value and each level above or below zero.
  static let eventCapacity = 512

  /// Lends the memory.
  @inline(__always)
  static func with<Result>(count: Int, _ body: (inout ScaledBlock) -> Result) -> Result? {
    let floats = 4 * count + 8
    return withUnsafeTemporaryAllocation(of: Float.self, capacity: floats) { floats in
      withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 2 * eventCapacity + EventSort.capacity) {
        room in
        guard let start = floats.baseAddress, let room = room.baseAddress else { return nil }
        var block = ScaledBlock(
          values: start, weights: start + count, products: start + 2 * count, levels: start + 3 * count,
          room: room, count: count)
        return body(&block)
      }
    }
  }

  private init(
    values: UnsafeMutablePointer<Float>, weights: UnsafeMutablePointer<Float>,
    products: UnsafeMutablePointer<Float>, levels: UnsafeMutablePointer<Float>,
    room: UnsafeMutablePointer<UInt64>, count: Int
  ) {
    self.values = values
    self.weights = weights
    self.products = products
    self.levels = levels
    self.room = room
    self.count = count
    kernels = ingot_widest_kernels()
  }

  /// The block as the kernels take it.
  @inline(__always)
  var block: ingot_block {
    ingot_block(
      values: values, weights: isWeighted ? UnsafePointer(weights) : nil, products: products, count: count)
  }

  /// Takes up other values, or returns `false` if one of them is not finite.
  @inline(__always)
  mutating func load(_ source: UnsafePointer<Float>, importance: UnsafePointer<Float>?) -> Bool {
    isWeighted = importance != nil
    guard kernels.pointee.load(source, importance, count, values, weights, products, &extent) != 0 else {
      return false
    }
    let exponent = extent.exponent
    up = (Self.power(exponent / 2), Self.power(exponent &- exponent / 2))
    down = (Self.power(0 &- exponent / 2), Self.power(exponent / 2 &- exponent))
    return true
  }

  @inline(__always)
  private static func power(_ exponent: Int32) -> Float {
    Float(bitPattern: UInt32(bitPattern: exponent &+ 127) << 23)
  }

  /// The first value of the largest magnitude.
  @inline(__always)
  var extreme: Float {
    if highest != -lowest { return highest > -lowest ? highest : lowest }
    return BlockValues.extreme(values, count: count) ?? 0
  }

  /// What a stored number is in terms of these values.
  @inline(__always)
  func scaled(_ number: Float) -> Float { number * down.0 * down.1 }

  @inline(__always)
  func scaled(_ numbers: Vector) -> Vector { numbers * down.0 * down.1 }

  /// What a number in terms of these values is to be stored as.
  @inline(__always)
  func stored(_ number: Float) -> Float { number * up.0 * up.1 }

  /// The half nearest to a number in terms of these values, at most the largest half.
  @inline(__always)
  func half(_ number: Float) -> UInt16 {
    let bits = HalfPrecision.bits(stored(number))
    return bits & 0x7FFF < 0x7C00 ? bits : bits & 0x8000 | 0x7BFF
  }

  @inline(__always)
  func vector(_ numbers: UnsafePointer<Float>, _ index: Int) -> Vector {
    UnsafeRawPointer(numbers + index).loadUnaligned(as: Vector.self)
  }

  @inline(__always)
  static func total(_ lanes: SIMD8<Double>) -> Double {
    let four = lanes.lowHalf + lanes.highHalf
    return (four.x + four.z) + (four.y + four.w)
  }
}
