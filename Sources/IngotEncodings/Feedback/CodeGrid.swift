/// Where the code of each value stands in a block of an encoding that gives each value a code of its own.
///
/// It is found from the decoder, not from tables: the bits of a value's code are those that change this value alone.
/// Scales change more than one; so do the bytes of TQ1_0, which share digits, and the indices of codebooks.
struct CodeGrid: Sendable {
  let encoding: Encoding
  /// The bits of a code.
  let width: Int
  /// The codes that a writer uses.
  let codeCount: Int
  /// The bits of the codes of all values, one value after the other, as positions in the block.
  private let positions: [Int]

  /// `nil` if values share codes.
  init?(_ encoding: Encoding) {
    guard let decoder = encoding.layout.decoder, encoding.kind == .quantized,
      !(decoder is any CodebookDecoder.Type)
    else { return nil }
    let (elements, bytes) = (encoding.elementsPerBlock, encoding.bytesPerBlock)
    // Any block with scales and codes that are no zero.
    var block = [UInt8](repeating: 0x3C, count: bytes)
    var (before, after) = ([Float](repeating: 0, count: elements), [Float](repeating: 0, count: elements))
    decoder.decode(block, count: 1, into: &before)
    var bits = [[Int]](repeating: [], count: elements)
    for position in 0..<(8 * bytes) {
      block[position / 8] ^= 1 << (position % 8)
      decoder.decode(block, count: 1, into: &after)
      block[position / 8] ^= 1 << (position % 8)
      let changed = (0..<elements).filter { before[$0].bitPattern != after[$0].bitPattern }
      if changed.count == 1 { bits[changed[0]].append(position) }
    }
    width = bits[0].count
    guard width > 0, width <= 8, bits.allSatisfy({ $0.count == bits[0].count }) else { return nil }
    positions = bits.flatMap { $0 }
    // Ternary writers leave out the fourth code of two bits (E39.2).
    codeCount = encoding == .tq2_0 ? 3 : 1 << width
    self.encoding = encoding
  }

  /// Gives a value of a block another code.
  func set(_ code: Int, at index: Int, in block: UnsafeMutableRawPointer) {
    let bytes = block.assumingMemoryBound(to: UInt8.self)
    for bit in 0..<width {
      let position = positions[index &* width &+ bit]
      let mask = UInt8(1) << UInt8(position & 7)
      bytes[position >> 3] = code >> bit & 1 == 0 ? bytes[position >> 3] & ~mask : bytes[position >> 3] | mask
    }
  }

  /// Decodes a block for each code, as if all values had it: what the values can become without other scales.
  ///
  /// - Parameters:
  ///   - block: A block whose scales count.
  ///   - scratch: Room for a block.
  ///   - levels: Receives the values of the block for the first code, then those for the second, and so on.
  func levels(
    of block: UnsafeRawPointer, scratch: UnsafeMutableRawPointer, into levels: UnsafeMutablePointer<Float>
  ) {
    guard let decoder = encoding.layout.decoder else { return }
    let elements = encoding.elementsPerBlock
    scratch.copyMemory(from: block, byteCount: encoding.bytesPerBlock)
    for code in 0..<codeCount {
      for index in 0..<elements { set(code, at: index, in: scratch) }
      decoder.decode(UnsafeRawPointer(scratch), count: 1, into: levels + code &* elements)
    }
  }
}
