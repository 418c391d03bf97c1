import CVectors
import IngotTestSupport
import Testing

@testable import IngotEncodings

/// The reference encoders in C, each set of them that this processor can run, beside the encoders of one block in Swift.
@Suite struct EncoderKernelTests {
  static let sets = (0..<Int(ingot_encoder_set_count)).filter { ingot_encoder_set($0) != nil }
  static let encodings = Encoding.allCases.filter { $0.layout.codec is any KernelEncoder.Type }

  /// Blocks of all kinds of rows, and of values of every size, some too large.
  private func rows(of encoding: Encoding, seed: UInt64) -> [Float] {
    var generator = RowGenerator(seed: seed)
    let size = encoding.elementsPerBlock
    let rows = RowGenerator.Kind.allCases.flatMap { kind in
      (0..<60).flatMap { _ in generator.row(kind, count: size) }
    }
    var random = SeededGenerator(seed: seed)
    return rows
      + (0..<40 * size).map { index in
        let size = Float(sign: .plus, exponent: index / size * 3 + 8, significand: 1)
        return Float.random(in: -1...1, using: &random) * size
      }
  }

  /// The bytes of each block that Swift encodes, `nil` for one that it refuses.
  private func swift<Codec: QuantizedCodec>(_ codec: Codec.Type, _ values: [Float]) -> [[UInt8]?] {
    stride(from: 0, to: values.count, by: Codec.elementsPerBlock).map { start in
      var block = [UInt8](repeating: 0xA5, count: Codec.bytesPerBlock)
      let isHeld = values.withUnsafeBufferPointer { values in
        block.withUnsafeMutableBytes { block in
          guard let values = values.baseAddress, let block = block.baseAddress else { return false }
          return codec.encode(values + start, into: block)
        }
      }
      return isHeld ? block : nil
    }
  }

  /// The same with a kernel, so many blocks a call; after a block that is refused it goes on with the next.
  private func run<Codec: QuantizedCodec>(
    _ codec: Codec.Type, _ kernel: ingot_encoder, _ values: [Float], step: Int
  ) -> [[UInt8]?] {
    let count = values.count / Codec.elementsPerBlock
    var found: [[UInt8]?] = []
    while found.count < count {
      let blocks = min(step, count - found.count)
      var bytes = [UInt8](repeating: 0xA5, count: blocks * Codec.bytesPerBlock + 1)
      let encoded = values.withUnsafeBufferPointer { values in
        values.baseAddress.map { kernel($0 + found.count * Codec.elementsPerBlock, blocks, &bytes) } ?? 0
      }
      #expect(bytes.last == 0xA5, "\(codec) writes beyond its blocks")
      found += (0..<encoded).map {
        Array(bytes[$0 * Codec.bytesPerBlock..<($0 + 1) * Codec.bytesPerBlock])
      }
      if encoded < blocks { found.append(nil) }
    }
    return found
  }

  private func check<Codec: KernelEncoder>(
    _ codec: Codec.Type, _ set: UnsafePointer<ingot_encoders>, _ values: [Float], _ seed: UInt64
  ) {
    let expected = swift(codec, values)
    for step in [1, 7, expected.count] {
      let found = run(codec, codec.encoder(set), values, step: step)
      #expect(firstDifference(found, expected) == nil, "\(codec), seed \(seed), \(step) blocks at a time")
    }
  }

  // E2.8, E9 to E12, E15, E18 to E22
  @Test(arguments: sets)
  func blocksEncodeAsInSwift(_ index: Int) throws {
    let set = try #require(ingot_encoder_set(index))
    #expect(Self.encodings.count == 10)
    for encoding in Self.encodings {
      let codec = try #require(encoding.layout.codec as? any KernelEncoder.Type)
      for seed: UInt64 in 81...82 { check(codec, set, rows(of: encoding, seed: seed), seed) }
    }
  }

  // E2.6
  @Test(arguments: sets)
  func whatIsNotFiniteIsRefusedWhereverItStands(_ index: Int) throws {
    let set = try #require(ingot_encoder_set(index))
    for encoding in Self.encodings {
      let codec = try #require(encoding.layout.codec as? any KernelEncoder.Type)
      let size = encoding.elementsPerBlock
      for value in [Float.nan, -.nan, .signalingNaN, .infinity, -.infinity] {
        var values = [Float](repeating: 0.5, count: size * size)
        for place in 0..<size { values[place * size + place] = value }
        #expect(swift(codec, values).allSatisfy { $0 == nil })
        check(codec, set, values, 0)
      }
    }
  }

  // E20.4
  @Test(arguments: sets)
  func everyLargestMagnitudeHasTheExponentOfSwift(_ index: Int) throws {
    let set = try #require(ingot_encoder_set(index))
    // The powers of two and the fractions close below, where the logarithm is rounded up; all else is in between.
    var values: [Float] = []
    for start in stride(from: UInt32(0), to: Float.infinity.bitPattern, by: 1 << 20) {
      for distance in UInt32(0)..<40 {
        for bits in [start + distance, start + (1 << 20) - 1 - distance] {
          let largest = Float(bitPattern: bits)
          values.append(largest)
          values += [Float](repeating: -largest / 3, count: 31)
        }
      }
    }
    check(MXFP4.self, set, values, 0)
  }
}
