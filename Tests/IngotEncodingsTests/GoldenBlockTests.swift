import IngotTestSupport
import Testing

@testable import IngotEncodings

/// Against the answers of ggml 0.25.3: see `testdata/README.md`.
@Suite struct GoldenBlockTests {
  /// The encodings for which the reference has answers.
  static let encodings: [Encoding] = [
    .f32, .f16, .bf16, .q8_0, .q4_0, .q4_1, .q5_0, .q5_1, .q2_0, .q1_0, .tq1_0, .tq2_0, .mxfp4,
  ]

  /// The encodings whose decoder alone has to agree.
  static let decodedOnly: [Encoding] = [
    .iq2_xxs, .iq2_xs, .iq2_s, .iq3_xxs, .iq3_s, .iq1_s, .iq1_m,
    .q2_K, .q3_K, .q4_K, .q5_K, .q6_K, .iq4_xs, .iq4_nl, .nvfp4,
  ]

  @Test(arguments: encodings + decodedOnly)
  func everyPatternDecodesToTheFloatsOfTheReference(_ encoding: Encoding) throws {
    let name = encoding.name.lowercased()
    let decoded = try encoding.decoded(TestData.bytes("encodings/\(name).decode.bin"))
    let expected = [Float](littleEndian: try TestData.bytes("encodings/\(name).decode.f32"))
    #expect(firstDifference(decoded.bitPatterns, expected.bitPatterns) == nil)
  }

  @Test(arguments: encodings)
  func theReferenceEncodingHasTheBytesOfTheReference(_ encoding: Encoding) throws {
    let input = [Float](littleEndian: try TestData.bytes("encodings/input.f32"))
    let expected = try TestData.bytes("encodings/\(encoding.name.lowercased()).plain.bin")
    #expect(firstDifference(try encoding.encoded(input), expected) == nil)
  }
}
