import IngotTestSupport
import Testing

@testable import IngotEncodings

@Suite struct NarrowFormatTests {
  private func blocks(_ encoding: Encoding, count: Int) -> [UInt8] {
    var generator = SeededGenerator(seed: 81)
    return (0..<count * encoding.bytesPerBlock).map { _ in UInt8.random(in: 0...255, using: &generator) }
  }

  // E2.10
  @Test(arguments: Encoding.allCases.filter(\.canDecode))
  func valuesOf16BitsAreTheFloat32ValuesRounded(_ encoding: Encoding) throws {
    for count in [0, 1, 3, 37] {
      let blocks = blocks(encoding, count: count)
      let values = try encoding.decoded(blocks)
      for format in NarrowFormat.allCases {
        var bits = [UInt16](repeating: 0xA5A5, count: values.count)
        var span = bits.mutableSpan
        try encoding.decode(blocks.span.bytes, as: format, into: &span)
        let isRight = zip(bits, values).allSatisfy { bits, value in
          switch format {
          case .float16:
            // The pattern of a NaN that arithmetic makes is not defined (E2.5).
            value.isNaN ? bits & 0x7FFF > 0x7C00 : bits == HalfPrecision.bits(value)
          case .bfloat16: value.isNaN ? bits & 0x7FFF > 0x7F80 : bits == BFloat16.bits(value)
          }
        }
        #expect(isRight, "\(format), seed 81")
      }
    }
  }

  #if !((os(macOS) || targetEnvironment(macCatalyst)) && arch(x86_64))
    // E2.10: against the compiler's own conversion.
    @Test(arguments: Encoding.allCases.filter(\.canDecode))
    func halvesAreTheNearestToTheFloat32Values(_ encoding: Encoding) throws {
      let blocks = blocks(encoding, count: 37)
      let values = try encoding.decoded(blocks)
      var halves = [Float16](repeating: .nan, count: values.count)
      var span = halves.mutableSpan
      try encoding.decode(blocks.span.bytes, into: &span)
      let isRight = zip(halves, values).allSatisfy { half, value in
        value.isNaN ? half.isNaN : half.bitPattern == Float16(value).bitPattern
      }
      #expect(isRight, "seed 81")
    }
  #endif
}
