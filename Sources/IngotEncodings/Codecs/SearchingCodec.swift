/// A codec that can do better than its reference encoder: it looks for the scales and codes of the smallest error.
///
/// The error of a block is Σ wⱼ(x̂ⱼ − xⱼ)², where x̂ is what the block decodes to, and w is the importance of the values,
/// 1 where none is given (clause E39.1).
protocol SearchingCodec: QuantizedCodec {
  /// Encodes one block with a small error, or returns `false` if the encoding cannot hold its values.
  ///
  /// - Parameters:
  ///   - values: The values of the block; all are finite.
  ///   - importance: A weight for each value, finite, none negative, at least one above zero, the largest in
  ///     [1, 2): blocks compare with themselves only. `nil` stands for equal weights.
  ///   - effort: How hard to look.
  ///   - block: Receives the block.
  static func search(
    _ values: UnsafePointer<Float>, importance: UnsafePointer<Float>?, effort: SearchEffort,
    into block: UnsafeMutableRawPointer
  ) -> Bool

  /// Encodes `count` blocks, or returns the position of the first block that the encoding cannot hold.
  static func search(
    _ values: UnsafePointer<Float>, importance: UnsafePointer<Float>?, count: Int, effort: SearchEffort,
    into blocks: UnsafeMutableRawPointer
  ) -> Int?
}

/// How hard to look for a small error.
enum SearchEffort: Sendable {
  case balanced
  case best
}

extension SearchingCodec {
  /// Encodes `count` blocks, or returns the position of the first block that the encoding cannot hold.
  static func search(
    _ values: UnsafePointer<Float>, importance: UnsafePointer<Float>?, count: Int, effort: SearchEffort,
    into blocks: UnsafeMutableRawPointer
  ) -> Int? {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: elementsPerBlock) { scaled in
      for index in 0..<count {
        let start = index &* elementsPerBlock
        guard BlockValues.largestMagnitude(values + start, count: elementsPerBlock) != nil else {
          return index
        }
        let weights = importance.flatMap { importance in
          scaled.baseAddress.flatMap { prepare(importance + start, into: $0) }
        }
        let block = blocks + index &* bytesPerBlock
        guard search(values + start, importance: weights, effort: effort, into: block) else { return index }
      }
      return nil
    }
  }

  /// The importance of a block, times the power of two that brings the largest into [1, 2), so that sums of products
  /// neither overflow nor vanish; `nil` if all are equal, as they are where all are zero.
  @inline(__always)
  static func prepare(
    _ importance: UnsafePointer<Float>, count: Int = elementsPerBlock,
    into scaled: UnsafeMutablePointer<Float>
  ) -> UnsafePointer<Float>? {
    var largest = importance[0]
    var smallest = importance[0]
    for index in 1..<count {
      largest = max(largest, importance[index])
      smallest = min(smallest, importance[index])
    }
    guard smallest < largest else { return nil }
    // Two factors, since one of them may lie beyond the powers of two that Float32 has.
    let exponent = -largest.exponent
    let first = Float(sign: .plus, exponent: exponent / 2, significand: 1)
    let second = Float(sign: .plus, exponent: exponent - exponent / 2, significand: 1)
    for index in 0..<count { scaled[index] = importance[index] * first * second }
    return UnsafePointer(scaled)
  }
}
