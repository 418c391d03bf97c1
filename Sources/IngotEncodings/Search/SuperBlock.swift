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
}

/// A super-block of 256 values with its weights, in vectors of eight.
struct SuperBlockValues {
  typealias Vector = SIMD8<Float>

  let values: UnsafePointer<Vector>
  let weights: UnsafePointer<Vector>

  /// Copies a block and its weights, 1 where there are none, into scratch memory for the time of a call.
  @inline(__always)
  static func with<Result>(
    _ values: UnsafePointer<Float>, importance: UnsafePointer<Float>?, _ body: (SuperBlockValues) -> Result
  ) -> Result? {
    withUnsafeTemporaryAllocation(of: Vector.self, capacity: 64) { scratch -> Result? in
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
      return body(SuperBlockValues(values: vectors, weights: vectors + 32))
    }
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
    // Lane by lane, which compiles to minimum and maximum instructions, where masks do not.
    var result = Self()
    for lane in 0..<8 {
      let raised = self[lane] > lowest ? self[lane] : lowest
      result[lane] = raised < highest ? raised : highest
    }
    return result
  }
}

extension SearchingCodec {
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
