import IngotTestSupport
import Testing

@testable import IngotEncodings

@Suite struct CodecPropertyTests {
  /// Encodings whose own values encode to the same blocks again.
  static let idempotent: [Encoding] = [
    .f32, .f16, .bf16, .f64, .q8_0, .q4_0, .q5_0, .q2_0, .q1_0, .tq1_0, .tq2_0, .mxfp4,
  ]

  private func randomValues(_ encoding: Encoding, blocks: Int, seed: UInt64) -> [Float] {
    var generator = SeededGenerator(seed: seed)
    return (0..<blocks * encoding.elementsPerBlock).map { _ in
      let value = Float.random(in: -100...100, using: &generator)
      return encoding.kind == .integer ? value.rounded() : value
    }
  }

  // E1.5
  @Test(arguments: Encoding.withCodec)
  func anyRunOfBlocksDecodesAsWithinTheWhole(_ encoding: Encoding) throws {
    let blocks = try encoding.encoded(randomValues(encoding, blocks: 19, seed: 31))
    let whole = try encoding.decoded(blocks).bitPatterns
    for start in 0...19 {
      for end in start...19 {
        let part = try encoding.decoded(
          Array(blocks[start * encoding.bytesPerBlock..<end * encoding.bytesPerBlock]))
        let range = start * encoding.elementsPerBlock..<end * encoding.elementsPerBlock
        #expect(part.bitPatterns == Array(whole[range]), "blocks \(start)..<\(end)")
      }
    }
  }

  @Test(arguments: Encoding.withCodec)
  func anyNumberOfBlocksEncodesAsOneByOne(_ encoding: Encoding) throws {
    let elements = encoding.elementsPerBlock
    for count in [0, 1, 2, 3, 5, 7, 8, 9, 15, 16, 17, 33] {
      let values = randomValues(encoding, blocks: count, seed: UInt64(count))
      let single = try (0..<count).flatMap { block in
        try encoding.encoded(Array(values[block * elements..<(block + 1) * elements]))
      }
      #expect(try encoding.encoded(values) == single, "seed and blocks \(count)")
    }
  }

  // E2.1
  @Test(arguments: Encoding.withCodec)
  func blocksMayBeginAtAnyAddress(_ encoding: Encoding) throws {
    let values = randomValues(encoding, blocks: 3, seed: 41)
    let blocks = try encoding.encoded(values)
    for shift in 1..<16 {
      var storage = [UInt8](repeating: 0, count: blocks.count + 16)
      try storage.withUnsafeMutableBytes { storage in
        let target = UnsafeMutableRawBufferPointer(rebasing: storage[shift..<shift + blocks.count])
        var bytes = target.mutableBytes
        try encoding.encode(values.span, into: &bytes)
      }
      #expect(Array(storage[shift..<shift + blocks.count]) == blocks)
      #expect(
        storage[..<shift].allSatisfy { $0 == 0 } && storage[(shift + blocks.count)...].allSatisfy { $0 == 0 })

      var decoded = [Float](repeating: 0, count: values.count)
      var output = decoded.mutableSpan
      try encoding.decode(storage.span.bytes.extracting(shift..<shift + blocks.count), into: &output)
      #expect(try decoded.bitPatterns == encoding.decoded(blocks).bitPatterns)
    }
  }

  @Test(arguments: idempotent)
  func decodedValuesEncodeToTheSameBlocks(_ encoding: Encoding) throws {
    let blocks = try encoding.encoded(randomValues(encoding, blocks: 50, seed: 51))
    #expect(firstDifference(try encoding.encoded(encoding.decoded(blocks)), blocks) == nil, "seed 51")
  }

  @Test(arguments: Encoding.withCodec.filter { !($0.layout.codec is any SearchingCodec.Type) })
  func allEffortsGiveTheReferenceEncoding(_ encoding: Encoding) throws {
    let values = randomValues(encoding, blocks: 4, seed: 61)
    let reference = try encoding.encoded(values)
    for effort in Effort.allCases { #expect(try encoding.encoded(values, effort: effort) == reference) }
  }
}
