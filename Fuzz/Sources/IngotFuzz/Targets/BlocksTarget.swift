import IngotEncodings

/// Blocks: any bytes decode, alone as among others, and what is encoded decodes.
///
/// The first byte of an input chooses the encoding, the second what is done; the rest are blocks or values, of which a
/// weighted encoding takes a part as the importance.
enum BlocksTarget: FuzzTarget {
  static let name = "blocks"

  private static let decoded = Encoding.allCases.filter(\.canDecode)
  private static let encoded = Encoding.allCases.filter(\.canEncode)

  static func mutated(_ bytes: [UInt8], limit: Int, using random: inout Random) -> [UInt8] {
    var bytes = bytes.count < 2 ? [0, 0] : bytes
    switch random.below(8) {
    case 0: bytes[random.below(2)] = UInt8(random.below(256))
    case 1...3: place(random.choice(of: singles), in: &bytes, every: 4, using: &random)
    case 4: place(random.choice(of: halves), in: &bytes, every: 2, using: &random)
    default: bytes = random.fuzzed(bytes, limit: limit)
    }
    return bytes
  }

  static func run(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count > 2 else { return }
    let content = UnsafeRawBufferPointer(rebasing: bytes[2...])
    if bytes[1].isMultiple(of: 2) {
      decode(content, as: decoded[Int(bytes[0]) % decoded.count])
    } else {
      let effort = Effort.allCases[Int(bytes[1] >> 2) % Effort.allCases.count]
      encode(content, as: encoded[Int(bytes[0]) % encoded.count], effort: effort, weighted: bytes[1] & 2 != 0)
    }
  }

  private static func decode(_ bytes: UnsafeRawBufferPointer, as encoding: Encoding) {
    let count = bytes.count / encoding.bytesPerBlock
    let blocks = UnsafeRawBufferPointer(rebasing: bytes[..<(count * encoding.bytesPerBlock)])
    let values = floats(of: blocks, encoding)
    guard count > 1 else { return }
    let last = UnsafeRawBufferPointer(rebasing: blocks[((count - 1) * encoding.bytesPerBlock)...])
    let alone = floats(of: last, encoding).map(\.bitPattern)
    claim(
      values.suffix(encoding.elementsPerBlock).map(\.bitPattern) == alone,
      "\(encoding): a block alone differs")
  }

  private static func encode(
    _ bytes: UnsafeRawBufferPointer, as encoding: Encoding, effort: Effort, weighted: Bool
  ) {
    let blockCount = bytes.count / 4 / encoding.elementsPerBlock / (weighted ? 2 : 1)
    let count = blockCount * encoding.elementsPerBlock
    func numbers(from start: Int) -> [Float] {
      (start..<start + count).map {
        Float(bitPattern: bytes.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self))
      }
    }
    let values = numbers(from: 0)
    let importance = weighted ? numbers(from: count).map { abs($0) } : nil
    var blocks = [UInt8](repeating: 0, count: blockCount * encoding.bytesPerBlock)
    do throws(EncodingError) {
      var span = blocks.mutableSpan
      var bytes = span.mutableBytes
      try encoding.encode(values.span, importance: importance?.span, into: &bytes, effort: effort)
    } catch {
      claim(error.index.map { values.indices.contains($0) } == true, "\(error): no value of the input")
      claim(error.code != .noEncoder && !"\(error)".isEmpty, "\(error): the encoding has an encoder")
      return claim(weighted || encoding != .f32, "F32 refuses \(error)")
    }
    let decoded = blocks.withUnsafeBytes { floats(of: $0, encoding) }
    switch encoding.kind {
    case .quantized:
      claim(decoded.allSatisfy(\.isFinite), "\(encoding): finite values become others")
      if effort != .fast { compare(values, importance, decoded, with: encoding, effort) }
    case .integer: claim(zip(values, decoded).allSatisfy { $0 == $1 }, "\(encoding): an integer changes")
    case .float:
      claim(
        zip(values, decoded).allSatisfy { $0.isNaN == $1.isNaN && $0.sign == $1.sign },
        "\(encoding): \(values)")
      if encoding == .f64 { claim(zip(values, decoded).allSatisfy { $0.isNaN || $0 == $1 }, "F64 rounds") }
    }
  }

  /// A search is never worse than the reference encoder.
  private static func compare(
    _ values: [Float], _ importance: [Float]?, _ decoded: [Float], with encoding: Encoding, _ effort: Effort
  ) {
    var blocks = [UInt8](
      repeating: 0, count: values.count / encoding.elementsPerBlock * encoding.bytesPerBlock)
    do throws(EncodingError) {
      var span = blocks.mutableSpan
      var bytes = span.mutableBytes
      try encoding.encode(values.span, into: &bytes, effort: .fast)
    } catch { return }
    let reference = blocks.withUnsafeBytes { floats(of: $0, encoding) }
    func error(_ others: [Float]) -> Double {
      values.indices.reduce(0) { sum, index in
        let difference = Double(others[index]) - Double(values[index])
        return sum + Double(importance?[index] ?? 1) * difference * difference
      }
    }
    let least = values.reduce(0) { max($0, Double($1.magnitude)) } * 0x1p-23
    let slack = Double(values.count) * Double(importance?.max() ?? 1) * least * least
    claim(
      error(decoded) <= error(reference) * 1.000001 + slack,
      "\(encoding): \(effort) is worse than fast: \(values)")
  }

  private static func floats(of blocks: UnsafeRawBufferPointer, _ encoding: Encoding) -> [Float] {
    let count = blocks.count / encoding.bytesPerBlock * encoding.elementsPerBlock
    return [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
      buffer.initialize(repeating: 0)
      var values = buffer.mutableSpan
      do {
        try encoding.decode(RawSpan(_unsafeBytes: blocks), into: &values)
      } catch { claim(false, "\(encoding) decodes, and throws \(error)") }
      initialized = count
    }
  }

  /// Writes a number over the bytes at one or many of its places.
  private static func place(
    _ number: UInt32, in bytes: inout [UInt8], every stride: Int, using random: inout Random
  ) {
    let count = (bytes.count - 2) / stride
    guard count > 0 else { return bytes += [UInt8](repeating: 0, count: 512) }
    for _ in 0..<(random.oneIn(4) ? count : 1) {
      let start = 2 + stride * random.below(count)
      for index in 0..<stride {
        bytes[start + index] = UInt8(truncatingIfNeeded: number >> UInt32(8 * index))
      }
    }
  }

  /// Zeros, subnormals, ties, the largest of Float32 and of halves, infinity, NaN.
  private static let singles: [UInt32] = [
    0, 0x8000_0000, 1, 0x007F_FFFF, 0x0080_0000, 0x3F80_0000, 0xBF80_0000, 0x3F00_0000, 0x477F_E000,
    0x477F_F000,
    0x7F7F_FFFF, 0xFF7F_FFFF, 0x7F80_0000, 0xFF80_0000, 0x7F80_0001, 0xFFC0_0000, 0x4B00_0000, 0x5F00_0000,
    0xDF00_0000, 0x4F00_0000, 0x33C0_0000,
  ]
  private static let halves: [UInt32] = [
    0, 0x8000, 1, 0x03FF, 0x0400, 0x3C00, 0x7BFF, 0x7C00, 0xFC00, 0x7C01, 0xFE00,
  ]
}
