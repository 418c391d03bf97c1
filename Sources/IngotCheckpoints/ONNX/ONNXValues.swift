/// Where the values of a tensor are, and how they become its bytes.
///
/// Specification: `spec/onnx.md`, clauses O5 and O6.
struct ONNXValues: Sendable {
  /// The bytes as they stand, or are made of numbers.
  enum Store: Sendable {
    /// They follow each other in the file that the tensor's location names.
    case plain
    /// They are numbers of a field of the model.
    case numbers(RepeatedNumbers, byteCount: UInt8)
    /// They are one number of an attribute.
    case single(bits: UInt64)
  }

  let store: Store
  let packing: BitPacking?

  /// Whether the bytes of the tensor are those of the file.
  var isPlain: Bool {
    if case .plain = store { packing == nil } else { false }
  }

  /// Whether the bytes of the tensor are made of numbers, which it shares with no other.
  var isOfNumbers: Bool {
    if case .plain = store { false } else { true }
  }

  /// Fills `buffer` with the bytes of the tensor that begin at `position`.
  ///
  /// - Parameters:
  ///   - file: Where plain bytes are, and their offset there.
  ///   - model: The file of the model.
  /// - Precondition: The range is within the tensor.
  func read(
    at position: Int, into buffer: UnsafeMutableRawBufferPointer, from file: ReadableBytes, at offset: UInt64,
    model: ReadableBytes
  ) throws {
    guard let packing else { return try readStore(at: position, into: buffer, file, offset, model) }
    let perByte = packing.countPerByte
    let bytes = position / perByte..<packing.byteCount(position + buffer.count)
    let packed = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 8)
    defer { packed.deallocate() }
    try readStore(at: bytes.lowerBound, into: packed, file, offset, model)
    for index in buffer.indices {
      let place = position + index
      buffer[index] = packing.unpack(packed[place / perByte - bytes.lowerBound], at: place % perByte)
    }
  }

  private func readStore(
    at position: Int, into buffer: UnsafeMutableRawBufferPointer, _ file: ReadableBytes, _ offset: UInt64,
    _ model: ReadableBytes
  ) throws {
    guard !buffer.isEmpty else { return }
    switch store {
    case .plain: try file.read(offset + UInt64(position), buffer)
    case .single(let bits):
      withUnsafeBytes(of: bits.littleEndian) {
        buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[position..<position + buffer.count]))
      }
    case .numbers(let numbers, let byteCount):
      let size = Int(byteCount)
      let range = position / size..<(position + buffer.count + size - 1) / size
      var place = range.lowerBound * size - position
      try numbers.forEach(in: range, of: MessageBytes(model)) { number in
        // The first and the last may be cut.
        for byte in 0..<size where buffer.indices.contains(place + byte) {
          buffer[place + byte] = UInt8(truncatingIfNeeded: number >> UInt64(8 * byte))
        }
        place += size
      }
    }
  }
}
