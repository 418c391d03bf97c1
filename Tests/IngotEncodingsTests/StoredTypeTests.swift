import Testing

@testable import IngotEncodings

@Suite struct StoredTypeTests {
  // E4.1
  @Test func f32KeepsEveryBit() throws {
    let patterns: [UInt32] = [0, 0x8000_0000, 1, 0x7F80_0000, 0x7F80_0001, 0xFFC0_1234, 0x7F7F_FFFF]
    let values = patterns.map { Float(bitPattern: $0) }
    #expect(try Encoding.f32.decoded(Encoding.f32.encoded(values)).bitPatterns == patterns)
  }

  // E5.1, E6.1, E7.1
  @Test(arguments: [Encoding.f16, .bf16, .f64])
  func floatsCarryInfinityAndNaN(_ encoding: Encoding) throws {
    let values = try encoding.decoded(encoding.encoded([.infinity, -.infinity, .nan, -0.0]))
    #expect(values[0] == .infinity && values[1] == -.infinity && values[2].isNaN)
    #expect(values[3].bitPattern == 0x8000_0000)
  }

  // E5.2
  @Test func f16RefusesWhatWouldBecomeInfinite() {
    #expect(Encoding.f16.refusal(of: [1, Float(65520).nextDown]) == nil)
    let error = EncodingError(.overflow, .f16, index: 2, value: -65520)
    #expect(Encoding.f16.refusal(of: [1, .infinity, -65520, 1e38]) == error)
  }

  // E6.2
  @Test func bf16RefusesWhatWouldBecomeInfinite() {
    let first = Float(bitPattern: 0x7F7F_8000)
    #expect(Encoding.bf16.refusal(of: [first.nextDown, .nan]) == nil)
    #expect(Encoding.bf16.refusal(of: [0, first]) == EncodingError(.overflow, .bf16, index: 1, value: first))
  }

  // E7.1
  @Test func f64DecodesToTheNearestFloat() throws {
    let doubles: [Double] = [0.1, 1 + 0x1p-24, 1 + 0x1.8p-23, 1e300, -1e-300, 0x1p-149, .nan]
    let bytes = doubles.flatMap { value in withUnsafeBytes(of: value.bitPattern.littleEndian, Array.init) }
    let decoded = try Encoding.f64.decoded(bytes)
    #expect(decoded.dropLast() == [0.1, 1, 1 + 0x1p-22, .infinity, 0, 0x1p-149])
    #expect(decoded[4].sign == .minus)
    #expect(decoded[6].isNaN)
  }

  // E8.1, E8.2
  @Test(arguments: [
    (Encoding.i8, Float(-128), Float(127), Float(128)),
    (.i16, -32768, 32767, 32768),
    (.i32, -0x1p31, Float(0x1p31).nextDown, 0x1p31),
    (.i64, -0x1p63, Float(0x1p63).nextDown, 0x1p63),
  ])
  func integersHoldTheirRangeAndNothingElse(_ encoding: Encoding, lowest: Float, highest: Float, above: Float)
    throws
  {
    let values = [lowest, -1, 0, 1, highest]
    #expect(try encoding.decoded(encoding.encoded(values)) == values)
    #expect(try encoding.decoded(encoding.encoded([-0.0])).bitPatterns == [0])
    #expect(encoding.refusal(of: [0, above]) == EncodingError(.overflow, encoding, index: 1, value: above))
    #expect(
      encoding.refusal(of: [lowest.nextDown])?.code
        == (lowest.nextDown.rounded() == lowest.nextDown ? .overflow : .inexact))
    #expect(encoding.refusal(of: [0.5]) == EncodingError(.inexact, encoding, index: 0, value: 0.5))
    #expect(
      encoding.refusal(of: [1, .infinity]) == EncodingError(.notFinite, encoding, index: 1, value: .infinity))
    #expect(encoding.refusal(of: [.nan])?.code == .notFinite)
  }

  // E8.1
  @Test func integersDecodeToTheNearestFloat() throws {
    let bytes = withUnsafeBytes(of: Int32(16_777_219).littleEndian, Array.init)
    #expect(try Encoding.i32.decoded(bytes) == [16_777_220])
    #expect(try Encoding.i8.decoded([0x80, 0xFF]) == [-128, -1])
  }
}
