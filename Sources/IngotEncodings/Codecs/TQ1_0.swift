import CVectors

/// TQ1_0: 256 ternary digits, five to a byte, and a scale.
///
///     byte   0                    32                   48            52       54
///            +--------------------+--------------------+-------------+--------+
///            | values 0 to 159    | values 160 to 239  | 240 to 255  | d: F16 |     value j = (tj - 1) · d
///            +--------------------+--------------------+-------------+--------+
///              5 digits, 32 apart   5 digits, 16 apart   4 digits, 4 apart
///
/// A byte is a fixed-point fraction in base 3. With the digits t0 (the first) to t4, their number is
///
///     n = 81·t0 + 27·t1 + 9·t2 + 3·t3 + t4        0 ≤ n ≤ 242        (a group of four has t4 = 0)
///     byte = ⌈256 · n / 243⌉
///
/// so that byte / 256 ≈ 0.t0 t1 t2 t3 t4 in base 3, rounded up. Digit k is then the integer part of three times what
/// remains behind the point after k shifts, which 8-bit arithmetic gives by wrapping around: no division.
///
/// Specification: clause E14.
enum TQ1_0: OneScaleCodec, KernelDecoder {
  static let elementsPerBlock = 256
  static let bytesPerBlock = 54
  static let referenceLevel: Float = 1
  static let plan = TQ2_0.plan

  /// A run of bytes whose digits lie `stride` values apart.
  private struct Group {
    let byteOffset: Int
    let valueOffset: Int
    let stride: Int
    let digits: Int
  }

  private static let first = Group(byteOffset: 0, valueOffset: 0, stride: 32, digits: 5)
  private static let second = Group(byteOffset: 32, valueOffset: 160, stride: 16, digits: 5)
  private static let last = Group(byteOffset: 48, valueOffset: 240, stride: 4, digits: 4)

  static func kernel(_ set: UnsafePointer<ingot_decoders>) -> ingot_decoder { set.pointee.tq1_0 }
  static func product(_ set: UnsafePointer<ingot_dots>) -> ingot_dot? { set.pointee.tq1_0 }

  static func decode(_ block: UnsafeRawPointer, into values: UnsafeMutablePointer<Float>) {
    let scale = half(block, at: 52)
    decode(first, block, scale, into: values)
    decode(second, block, scale, into: values)
    decode(last, block, scale, into: values)
  }

  @inline(__always)
  private static func decode(
    _ group: Group, _ block: UnsafeRawPointer, _ scale: Float, into values: UnsafeMutablePointer<Float>
  ) {
    let bytes = (block + group.byteOffset).assumingMemoryBound(to: UInt8.self)
    var shift: UInt8 = 1
    for digit in 0..<group.digits {
      let values = values + (group.valueOffset &+ digit &* group.stride)
      for index in 0..<group.stride {
        let fraction = bytes[index] &* shift
        values[index] = Float(Int32((UInt16(fraction) &* 3) >> 8) &- 1) * scale
      }
      shift &*= 3
    }
  }

  static func encode(_ values: UnsafePointer<Float>, into block: UnsafeMutableRawPointer) -> Bool {
    guard let scale = BlockValues.largestMagnitude(values, count: 256) else { return false }
    let factor = finite(reciprocal(scale))
    encode(first, values, factor, into: block)
    encode(second, values, factor, into: block)
    encode(last, values, factor, into: block)
    return setHalf(scale, block, at: 52)
  }

  @inline(__always)
  private static func encode(
    _ group: Group, _ values: UnsafePointer<Float>, _ factor: Float, into block: UnsafeMutableRawPointer
  ) {
    let values = values + group.valueOffset
    let bytes = (block + group.byteOffset).assumingMemoryBound(to: UInt8.self)
    for index in 0..<group.stride {
      var number: Int32 = 0
      for digit in 0..<5 {
        number = number &* 3
        if digit < group.digits {
          number &+= Rounding.ternary(values[digit &* group.stride &+ index] * factor) &+ 1
        }
      }
      bytes[index] = UInt8(truncatingIfNeeded: (number &* 256 &+ 242) / 243)
    }
  }

  @inline(__always)
  static func levels(_ vector: SIMD8<Float>) -> SIMD8<Float> { vector.integers(from: -1, to: 1) }

  static func store(_ scale: UInt16, levels: UnsafePointer<Float>, into block: UnsafeMutableRawPointer) {
    block.storeBytes(of: scale, toByteOffset: 52, as: UInt16.self)
    // With the factor 1 the levels are their own digits.
    encode(first, levels, 1, into: block)
    encode(second, levels, 1, into: block)
    encode(last, levels, 1, into: block)
  }
}
