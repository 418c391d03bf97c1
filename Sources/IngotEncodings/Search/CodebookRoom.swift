/// Memory for the search in one block, on the stack.
struct CodebookRoom {
  private typealias Numbers = (SIMD64<Float>, SIMD64<Float>, SIMD64<Float>, SIMD64<Float>)
  private typealias Bytes = SIMD64<UInt8>

  private var storage:
    (
      values: Numbers, magnitudes: Numbers, weights: Numbers, scratch: (Numbers, Numbers, Numbers),
      signs: Bytes
    )

  private init() {
    let zeros: Numbers = (.zero, .zero, .zero, .zero)
    storage = (zeros, zeros, zeros, (zeros, zeros, zeros), .zero)
  }

  /// Lays out a block, the values times 2^`exponent`, all of the same weight.
  @inline(__always)
  static func with<Result>(
    _ values: UnsafePointer<Float>, exponent: Int,
    _ body: (CodebookValues) -> Result
  ) -> Result {
    var room = CodebookRoom()
    // Two factors, since one of them may lie beyond the powers of two that Float32 has.
    let first = Float(sign: .plus, exponent: exponent / 2, significand: 1)
    let second = Float(sign: .plus, exponent: exponent - exponent / 2, significand: 1)
    return withUnsafeMutablePointer(to: &room.storage.values.0) { scaled in
      withUnsafeMutablePointer(to: &room.storage.magnitudes.0) { magnitudes in
        withUnsafeMutablePointer(to: &room.storage.weights.0) { weights in
          withUnsafeMutablePointer(to: &room.storage.scratch.0.0) { scratch in
            withUnsafeMutablePointer(to: &room.storage.signs) { signs in
              let block = CodebookValues(
                values: floats(scaled), magnitudes: floats(magnitudes), weights: floats(weights),
                signs: UnsafeMutableRawPointer(signs).assumingMemoryBound(to: UInt8.self),
                shifts: (UnsafeMutableRawPointer(signs) + 32).assumingMemoryBound(to: UInt8.self),
                scratch: floats(scratch))
              for index in 0..<256 {
                let value = values[index] * first * second
                block.values[index] = value
                block.magnitudes[index] = value.magnitude
                block.weights[index] = 1
              }
              for octet in 0..<32 {
                var bits: UInt8 = 0
                for position in 0..<8 where values[8 &* octet &+ position] < 0 {
                  bits |= 1 << UInt8(truncatingIfNeeded: position)
                }
                block.signs[octet] = bits
                block.shifts[octet] = 3
              }
              return body(block)
            }
          }
        }
      }
    }
  }

  private static func floats(_ numbers: UnsafeMutablePointer<SIMD64<Float>>) -> UnsafeMutablePointer<Float> {
    UnsafeMutableRawPointer(numbers).assumingMemoryBound(to: Float.self)
  }
}
