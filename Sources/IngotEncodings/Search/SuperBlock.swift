import CVectors

/// The numbers that the parts of a super-block share and have, codes apart.
struct SuperBlockScales {
  /// The scale of the scales: a half, as a Float32.
  var scale: Float = 0
  /// The scale of the minimums: a half, as a Float32.
  var minimum: Float = 0
  /// The scale of each part.
  var scales = SIMD16<Int32>.zero
  /// The minimum of each part.
  var minimums = SIMD16<Int32>.zero

  /// The half nearest to a value, at most the largest.
  @inline(__always)
  static func half(_ value: Float) -> Float {
    HalfPrecision.float(HalfPrecision.bits(max(-65504, min(65504, value))))
  }
}

/// A super-block of 256 values with its weights, in vectors of eight.
struct SuperBlockValues {
  typealias Vector = SIMD8<Float>

  let values: UnsafePointer<Vector>
  let weights: UnsafePointer<Vector>
  let isWeighted: Bool
  /// Room for the values and the weights once more.
  fileprivate let room: UnsafeMutablePointer<Vector>

  /// Copies a block and its weights, 1 where there are none, into scratch memory for the time of a call.
  @inline(__always)
  static func with<Result>(
    _ values: UnsafePointer<Float>, importance: UnsafePointer<Float>?, _ body: (SuperBlockValues) -> Result
  ) -> Result? {
    withUnsafeTemporaryAllocation(of: Vector.self, capacity: 128) { scratch -> Result? in
      guard let vectors = scratch.baseAddress else { return nil }
      let bytes = UnsafeRawPointer(values)
      for index in 0..<32 {
        vectors[index] = bytes.loadUnaligned(fromByteOffset: 32 &* index, as: Vector.self)
      }
      for index in 0..<32 {
        vectors[32 &+ index] =
          importance.map {
            UnsafeRawPointer($0).loadUnaligned(fromByteOffset: 32 &* index, as: Vector.self)
          } ?? Vector(repeating: 1)
      }
      return body(
        SuperBlockValues(
          values: vectors, weights: vectors + 32, isWeighted: importance != nil, room: vectors + 64))
    }
  }
}

/// Eight parts of a super-block side by side: lane p of column j is value j of part p.
///
/// What is a sum over a part is then a sum of columns, and eight parts are fitted at once.
struct PartColumns {
  typealias Vector = SuperBlockValues.Vector

  let values: UnsafePointer<Vector>
  /// The weights, or `nil` if all are 1.
  let weights: UnsafePointer<Vector>?

  /// The columns of one of the groups of eight parts.
  @inline(__always)
  init(_ input: SuperBlockValues, group: Int, partSize: Int) {
    values = UnsafePointer(input.room + group &* partSize)
    weights = input.isWeighted ? UnsafePointer(input.room + (32 &+ group &* partSize)) : nil
  }

  /// Fills the columns of all groups.
  static func arrange(_ input: SuperBlockValues, partSize: Int) {
    arrange(input.values, partSize, into: input.room)
    if input.isWeighted { arrange(input.weights, partSize, into: input.room + 32) }
  }

  private static func arrange(
    _ source: UnsafePointer<Vector>, _ partSize: Int, into columns: UnsafeMutablePointer<Vector>
  ) {
    let (source, columns) = (UnsafeRawPointer(source), UnsafeMutableRawPointer(columns))
    for part in 0..<256 / partSize {
      let column = part >> 3 &* partSize
      for index in 0..<partSize {
        let value = source.load(fromByteOffset: 4 &* (part &* partSize &+ index), as: Float.self)
        columns.storeBytes(
          of: value, toByteOffset: 4 &* (8 &* (column &+ index) &+ part & 7), as: Float.self)
      }
    }
  }
}

extension SIMD16<Float> {
  /// The numbers of one of the groups of eight parts.
  @inline(__always)
  subscript(group group: Int) -> SIMD8<Float> {
    get { group == 0 ? lowHalf : highHalf }
    set { if group == 0 { lowHalf = newValue } else { highHalf = newValue } }
  }
}

extension SIMD8<Float> {
  /// The sum of the lanes, in the order of a tree.
  @inline(__always)
  var total: Float {
    let four = lowHalf + highHalf
    let two = four.lowHalf + four.highHalf
    return two.x + two.y
  }

  /// The integers nearest to lanes from 0 to 2^22, ties to even.
  @inline(__always)
  var roundedToEven: Self { (self + 0x1p23) - 0x1p23 }

  /// The lanes, those outside a range replaced by its ends.
  @inline(__always)
  func limited(_ lowest: Float, _ highest: Float) -> Self {
    let (least, most) = (SIMD4(repeating: lowest), SIMD4(repeating: highest))
    return Self(
      lowHalf: ingot_limited(lowHalf, least, most), highHalf: ingot_limited(highHalf, least, most))
  }

  /// The lanes where a mask is set, and those of another vector elsewhere.
  ///
  /// By the bits: a loop over lanes is not unrolled, and `replacing(with:where:)` takes more instructions.
  @inline(__always)
  func chosen(over other: Self, where mask: SIMDMask<SIMD8<Int32>>) -> Self {
    typealias Bits = SIMD8<UInt32>
    let bits = unsafeBitCast(mask, to: Bits.self)
    return unsafeBitCast(
      unsafeBitCast(self, to: Bits.self) & bits | unsafeBitCast(other, to: Bits.self) & ~bits, to: Self.self)
  }
}

extension SearchingCodec {
  /// The factors that take values to codes, 0 for scales of zero and next to it.
  @inline(__always)
  static func factors(_ scales: SIMD8<Float>) -> SIMD8<Float> {
    (SIMD8(repeating: 1) / scales).chosen(over: .zero, where: scales.magnitudes .> 0x1p-100)
  }

  /// The factor that takes values to codes, 0 for a scale of zero and next to it.
  @inline(__always)
  static func factor(_ scale: Float) -> Float { scale.magnitude > 0x1p-100 ? 1 / scale : 0 }

  /// Puts the candidate into the block if it decodes to less error than what is there.
  @inline(__always)
  static func improve(
    _ block: UnsafeMutableRawPointer, with candidate: UnsafeRawPointer, _ input: SuperBlockValues
  ) {
    if error(of: candidate, input) < error(of: block, input) {
      block.copyMemory(from: candidate, byteCount: bytesPerBlock)
    }
  }

  /// Σ w(x̂ − x)² of a block, with x̂ as decoded.
  static func error(of block: UnsafeRawPointer, _ input: SuperBlockValues) -> Double {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: 256) { decoded in
      guard let decoded = decoded.baseAddress else { return .infinity }
      decode(block, into: decoded)
      let bytes = UnsafeRawPointer(decoded)
      var sum = SIMD4<Double>.zero
      for index in 0..<32 {
        let value = bytes.loadUnaligned(fromByteOffset: 32 &* index, as: SIMD8<Float>.self)
        let difference = value - input.values[index]
        let squares = difference * difference * input.weights[index]
        sum += SIMD4<Double>(squares.lowHalf) + SIMD4<Double>(squares.highHalf)
      }
      return (sum.x + sum.y) + (sum.z + sum.w)
    }
  }
}
