import Testing

@testable import IngotEncodings

/// Q8_1 and Q8_K, which are no types of files and have no golden data.
@Suite struct OperandEncodingTests {
  private static let codes: [Int8] = [-128, -127, -1, 0, 1, 2, 3, 127]

  // E29.2
  @Test func q8_1IsTheCodeTimesTheHalf() throws {
    // d = 0x3800 = 0.5; the sum is a NaN, which no value meets.
    let codes = (0..<32).map { Self.codes[$0 % 8] }
    let block = [0x00, 0x38, 0x00, 0x7E] + codes.map { UInt8(bitPattern: $0) }
    #expect(try Encoding.q8_1.decoded(block) == codes.map { Float($0) / 2 })
  }

  // E30.2
  @Test func q8_KIsTheFloatTimesTheCode() throws {
    // d = 0xC0200000 = -2.5; the sums are arbitrary.
    let codes = (0..<256).map { Self.codes[($0 + $0 / 8) % 8] }
    let block =
      [0x00, 0x00, 0x20, 0xC0] + codes.map { UInt8(bitPattern: $0) } + [UInt8](repeating: 0xA5, count: 32)
    #expect(try Encoding.q8_K.decoded(block).bitPatterns == codes.map { (-2.5 * Float($0)).bitPattern })
  }

  // E29.3, E30.3
  @Test(arguments: [Encoding.q8_1, .q8_K])
  func operandsAreDecodedOnly(_ encoding: Encoding) {
    #expect(encoding.canDecode)
    #expect(encoding.refusal(of: [])?.code == .noEncoder)
  }
}
