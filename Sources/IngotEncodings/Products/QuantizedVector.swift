import CVectors

/// A vector that rows of quantized tensors are multiplied with: its values, and codes of 8 bits for them.
///
/// Each 32 values share a scale, a Float32: their largest magnitude / 127. A code is off by at most half a scale, 1/254 of that
/// magnitude. One vector serves tensors of every encoding; making it costs about as much as encoding to Q8_0, so make it once for
/// all rows and all tensors that it is multiplied with. Where a value is NaN or infinite, products with it are NaN.
///
/// Specification: clause E41.1.
public struct QuantizedVector: Sendable {
  /// The number of values.
  public let count: Int
  /// The values; zeros fill the last 64.
  private var values: [Float]
  private var codes: [Int8]
  /// For each 32 values the scale, and the scale times the sum of the codes; the same sum for each 16.
  private var scales: [Float]
  private var sums32: [Float]
  private var sums16: [Float]

  /// Rounds a vector to codes.
  ///
  /// - Parameter values: Any number of values, of any kind.
  /// - Complexity: O(*n*); takes 5.5 bytes a value.
  public init(_ values: Span<Float>) {
    count = values.count
    let padded = (values.count + 63) / 64 * 64
    self.values = [Float](repeating: 0, count: padded)
    codes = [Int8](repeating: 0, count: padded)
    scales = [Float](repeating: 0, count: padded / 32)
    sums32 = scales
    sums16 = [Float](repeating: 0, count: padded / 16)
    replace(with: values)
  }

  /// Takes the values of another vector, in the memory of this one.
  ///
  /// - Precondition: `values.count` is ``count``.
  public mutating func replace(with values: Span<Float>) {
    precondition(values.count == count, "the vectors differ in length")
    self.values.withUnsafeMutableBufferPointer { own in
      values.withUnsafeBufferPointer { _ = own.update(fromContentsOf: $0) }
    }
    encode()
  }

  /// Rounds all values to codes.
  private mutating func encode() {
    let partCount = scales.count
    values.withUnsafeBufferPointer { values in
      codes.withUnsafeMutableBufferPointer { codes in
        scales.withUnsafeMutableBufferPointer { scales in
          sums32.withUnsafeMutableBufferPointer { sums32 in
            sums16.withUnsafeMutableBufferPointer { sums16 in
              guard let values = values.baseAddress, let codes = codes.baseAddress else { return }
              for part in 0..<partCount {
                let sums = Self.encode(values + 32 &* part, into: codes + 32 &* part)
                scales[part] = sums.scale
                sums16[2 &* part] = sums.scale * Float(sums.first)
                sums16[2 &* part &+ 1] = sums.scale * Float(sums.second)
                sums32[part] = sums.scale * Float(sums.first &+ sums.second)
              }
            }
          }
        }
      }
    }
  }

  /// Rounds 32 values to codes, and gives their scale and the sums of both halves.
  private static func encode(
    _ values: UnsafePointer<Float>, into codes: UnsafeMutablePointer<Int8>
  ) -> (scale: Float, first: Int32, second: Int32) {
    guard let largest = BlockValues.largestMagnitude(values, count: 32) else {
      for index in 0..<32 { codes[index] = 0 }
      return (.nan, 0, 0)
    }
    let scale = largest / 127
    // Infinite for a scale of 2^-128 or less, of which nothing is left in any product that is not as small.
    let reciprocal = scale == 0 ? 0 : 1 / scale
    let factor = reciprocal.isFinite ? reciprocal : 0
    var (first, second): (Int32, Int32) = (0, 0)
    for index in 0..<16 {
      let low = Rounding.halfAwayFromZero(values[index] * factor)
      let high = Rounding.halfAwayFromZero(values[index &+ 16] * factor)
      codes[index] = Int8(truncatingIfNeeded: low)
      codes[index &+ 16] = Int8(truncatingIfNeeded: high)
      first &+= low
      second &+= high
    }
    return (scale, first, second)
  }

  /// Lends the codes to a kernel.
  func withCodes<Result>(_ body: (UnsafePointer<ingot_activations>) -> Result) -> Result? {
    codes.withUnsafeBufferPointer { codes in
      scales.withUnsafeBufferPointer { scales in
        sums16.withUnsafeBufferPointer { sums16 in
          sums32.withUnsafeBufferPointer { sums32 -> Result? in
            guard let codes = codes.baseAddress, let scales = scales.baseAddress,
              let sums16 = sums16.baseAddress, let sums32 = sums32.baseAddress
            else { return nil }
            let activations = ingot_activations(codes: codes, scales: scales, sums16: sums16, sums32: sums32)
            return withUnsafePointer(to: activations, body)
          }
        }
      }
    }
  }

  /// Lends the values.
  func withValues<Result>(_ body: (UnsafePointer<Float>) -> Result) -> Result? {
    values.withUnsafeBufferPointer { values in values.baseAddress.map(body) }
  }
}
