import CVectors
import IngotTestSupport
import Testing

@testable import IngotEncodings

/// The decoders in C, each set of them that this processor can run, beside the decoders of one block in Swift.
@Suite struct DecoderKernelTests {
  static let sets = (0..<Int(ingot_decoder_set_count)).filter { ingot_decoder_set($0) != nil }

  /// Every byte in every place, then random bytes: scales that are infinite and NaN among them.
  private func blocks(_ size: Int, seed: UInt64) -> [UInt8] {
    var generator = SeededGenerator(seed: seed)
    return (0...UInt8.max).flatMap { [UInt8](repeating: $0, count: size) }
      + (0..<67 * size).map { _ in UInt8.random(in: 0...255, using: &generator) }
  }

  /// Bit patterns, with one pattern for all NaNs (E2.5).
  private func canonical(_ values: [Float]) -> [UInt32] {
    values.map { $0.isNaN ? Float.nan.bitPattern : $0.bitPattern }
  }

  private func swift<Decoder: QuantizedDecoder>(_ decoder: Decoder.Type, _ blocks: [UInt8]) -> [Float] {
    let count = blocks.count / Decoder.bytesPerBlock
    var values = [Float](repeating: 0, count: count * Decoder.elementsPerBlock)
    blocks.withUnsafeBytes { blocks in
      values.withUnsafeMutableBufferPointer { values in
        guard let blocks = blocks.baseAddress, let values = values.baseAddress else { return }
        for index in 0..<count {
          Decoder.decode(
            blocks + index * Decoder.bytesPerBlock, into: values + index * Decoder.elementsPerBlock)
        }
      }
    }
    return values
  }

  private func check<Decoder: QuantizedDecoder>(
    _ decoder: Decoder.Type, _ name: String,
    _ run: (UnsafeRawPointer, Int, UnsafeMutablePointer<Float>) -> Void
  ) {
    let blocks = blocks(Decoder.bytesPerBlock, seed: 71)
    let count = blocks.count / Decoder.bytesPerBlock
    let expected = canonical(swift(decoder, blocks))
    // One block at a time and all at once: nothing is written beyond a block.
    for step in [1, count] {
      let room = step * Decoder.elementsPerBlock
      var values = [Float](repeating: 0, count: count * Decoder.elementsPerBlock + 1)
      values[values.count - 1] = 42
      blocks.withUnsafeBytes { blocks in
        values.withUnsafeMutableBufferPointer { values in
          guard let blocks = blocks.baseAddress, let values = values.baseAddress else { return }
          for index in stride(from: 0, to: count, by: step) {
            run(blocks + index * Decoder.bytesPerBlock, step, values + index / step * room)
          }
        }
      }
      #expect(values.removeLast() == 42, "\(name)")
      #expect(firstDifference(canonical(values), expected) == nil, "\(name), seed 71")
    }
  }

  @Test(arguments: sets)
  func blocksDecodeAsInSwift(_ index: Int) throws {
    let set = try #require(ingot_decoder_set(index))
    func check<Decoder: KernelDecoder>(_ decoder: Decoder.Type) {
      self.check(decoder, "\(decoder)") { Decoder.kernel(set)($0, $1, $2) }
    }
    func checkPoints<Decoder: CodebookDecoder>(_ decoder: Decoder.Type) {
      Decoder.codebook.points.withUnsafeBytes { points in
        guard let points = points.baseAddress?.assumingMemoryBound(to: Float.self) else { return }
        self.check(decoder, "\(decoder)") { Decoder.kernel(set)($0, $1, points, $2) }
      }
    }
    var found = 0
    for encoding in Encoding.allCases {
      if let decoder = encoding.layout.decoder as? any KernelDecoder.Type {
        check(decoder)
      } else if let decoder = encoding.layout.decoder as? any CodebookDecoder.Type {
        checkPoints(decoder)
      } else {
        continue
      }
      found += 1
    }
    #expect(found == 25)
  }

  // E2.3
  @Test(arguments: sets)
  func allHalvesDecodeAsInSwift(_ index: Int) throws {
    let set = try #require(ingot_decoder_set(index))
    let halves = Array(0...UInt16.max)
    for count in [halves.count, 1, 15, 17, 31] {
      var values = [Float](repeating: 0, count: count)
      set.pointee.f16(halves, count, &values)
      #expect(
        firstDifference(values.bitPatterns, halves.prefix(count).map { HalfPrecision.float($0).bitPattern })
          == nil)
    }
  }

  // E2.3, E2.4
  @Test(arguments: sets)
  func valuesRoundTo16BitsAsInSwift(_ index: Int) throws {
    let set = try #require(ingot_decoder_set(index))
    // Every upper half of a Float32 with lower halves at and beside all ties, then random patterns.
    var generator = SeededGenerator(seed: 72)
    let lower: [UInt32] = [0, 1, 0x0FFF, 0x1000, 0x1001, 0x2FFF, 0x3000, 0x7FFF, 0x8000, 0x8001, 0xFFFF]
    var values = (0...UInt16.max).flatMap { upper in
      lower.map { Float(bitPattern: UInt32(upper) << 16 | $0) }
    }
    values += (0..<100_003).map { _ in
      Float(bitPattern: UInt32.random(in: 0...UInt32.max, using: &generator))
    }
    for count in [values.count, 0, 1, 15, 16, 17] {
      var bits = [UInt16](repeating: 0xA5A5, count: count + 1)
      set.pointee.halves(values, count, &bits)
      #expect(bits[count] == 0xA5A5)
      #expect(firstDifference(Array(bits.prefix(count)), values.prefix(count).map(HalfPrecision.bits)) == nil)
      set.pointee.bfloats(values, count, &bits)
      #expect(bits[count] == 0xA5A5)
      #expect(firstDifference(Array(bits.prefix(count)), values.prefix(count).map(BFloat16.bits)) == nil)
    }
  }
}
