import IngotEncodings

/// Values, their blocks, and room for the decoded values, made at first use and shared by all encodings.
final class Workbench {
  /// What is measured.
  enum Work {
    case copy
    case decode
    case decodeNarrow(NarrowFormat)
    case encode(Effort)
    /// The product of the blocks, as one row, with the values.
    case dot
    /// Making a vector of the values.
    case quantize
  }

  /// What the size is called in the names of benchmarks.
  let name: String
  /// What is measured with that size.
  let works: [Work]
  /// The number of values.
  let elements: Int

  private(set) lazy var values = UnsafeMutableBufferPointer<Float>.allocate(capacity: elements)
  private(set) lazy var decoded = UnsafeMutableBufferPointer<Float>.allocate(capacity: elements)
  private lazy var narrow = UnsafeMutableBufferPointer<UInt16>.allocate(capacity: elements)
  private lazy var vector = QuantizedVector(values.span)
  private(set) var product: Float = 0
  private lazy var memory = UnsafeMutableRawBufferPointer.allocate(byteCount: elements * 8, alignment: 64)
  private var prepared: Encoding?

  init(_ name: String, elements: Int, _ works: [Work]) {
    self.name = name
    self.works = works
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
    narrow.initialize(repeating: 0)
    if encoding.canEncode { try fill(encoding) }
    vector = QuantizedVector(values.span)
    prepared = encoding
  }

  /// Encodes some values, and repeats their blocks: some encoders are slow.
  private func fill(_ encoding: Encoding) throws {
    let part = min(elements, 64 * 1024)
    let size = encoding.byteCount(elements: part) ?? 0
    let blocks = blocks(of: encoding)
    var first = UnsafeMutableRawBufferPointer(rebasing: blocks[..<size]).mutableBytes
    try encoding.encode(UnsafeBufferPointer(rebasing: values[..<part]).span, into: &first)
    for start in stride(from: size, to: blocks.count, by: size) {
      UnsafeMutableRawBufferPointer(rebasing: blocks[start..<start + size])
        .copyMemory(from: UnsafeRawBufferPointer(rebasing: blocks[..<size]))
    }
  }

  func encode(_ encoding: Encoding, _ effort: Effort) throws {
    var bytes = blocks(of: encoding).mutableBytes
    try encoding.encode(values.span, into: &bytes, effort: effort)
  }

  func decode(_ encoding: Encoding, as format: NarrowFormat) throws {
    var bits = narrow.mutableSpan
    try encoding.decode(blocks(of: encoding).bytes, as: format, into: &bits)
  }

  func multiply(_ encoding: Encoding) throws {
    product = try encoding.dot(blocks(of: encoding).bytes, with: vector)
  }

  func quantize() { vector.replace(with: values.span) }

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
