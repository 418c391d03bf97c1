import IngotEncodings

/// Values, their blocks, and room for the decoded values, made at first use and shared by all encodings.
final class Workbench {
  /// What the size is called in the names of benchmarks.
  let name: String
  /// The number of values.
  let elements: Int

  private(set) lazy var values = UnsafeMutableBufferPointer<Float>.allocate(capacity: elements)
  private(set) lazy var decoded = UnsafeMutableBufferPointer<Float>.allocate(capacity: elements)
  private lazy var memory = UnsafeMutableRawBufferPointer.allocate(byteCount: elements * 8, alignment: 64)
  private var prepared: Encoding?

  init(_ name: String, elements: Int) {
    self.name = name
    self.elements = elements
  }

  /// The blocks of the values in the encoding that was prepared last.
  func blocks(of encoding: Encoding) -> UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(rebasing: memory[..<(encoding.byteCount(elements: elements) ?? 0)])
  }

  /// Fills the values and the blocks, so that each has been touched and holds what belongs there.
  func prepare(_ encoding: Encoding) throws {
    guard prepared != encoding else { return }
    // Weights of a trained layer look like a bell curve; integers must be integers to be encoded.
    var generator = BellCurve()
    for index in values.indices {
      let value = generator.next()
      values.initializeElement(at: index, to: encoding.kind == .integer ? (value * 30).rounded() : value / 30)
    }
    decoded.initialize(repeating: 0)
    if encoding.canEncode { try encode(encoding) }
    prepared = encoding
  }

  func encode(_ encoding: Encoding) throws {
    var bytes = blocks(of: encoding).mutableBytes
    try encoding.encode(values.span, into: &bytes)
  }

  func decode(_ encoding: Encoding) throws {
    var floats = decoded.mutableSpan
    try encoding.decode(blocks(of: encoding).bytes, into: &floats)
  }

  /// The yardstick: the floats that decoding writes, copied.
  func copy() {
    UnsafeMutableRawBufferPointer(decoded).copyMemory(from: UnsafeRawBufferPointer(values))
  }
}

/// Numbers between -4 and 4 in about a normal distribution, always the same.
private struct BellCurve {
  private var state: UInt64 = 0x9E37_79B9_7F4A_7C15

  /// The sum of four uniform numbers, scaled to a deviation of about 1.
  mutating func next() -> Float {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    let sum = (0..<4).reduce(0) { $0 + Int(state >> ($1 * 16) & 0xFFFF) }
    return (Float(sum) / 65536 - 2) * 1.73
  }
}
