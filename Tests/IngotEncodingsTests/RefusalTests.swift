import Testing

@testable import IngotEncodings

/// What clause E2.6 refuses.
@Suite struct RefusalTests {
  static let quantized = CodecFormulaTests.quantized

  @Test(arguments: quantized, [Float.nan, -.nan, .infinity, -.infinity, .signalingNaN])
  func quantizingRefusesTheFirstValueThatIsNotFinite(_ encoding: Encoding, value: Float) throws {
    let elements = encoding.elementsPerBlock
    for index in [0, 1, elements - 1, elements, 2 * elements + 3, 3 * elements - 1] {
      var values = [Float](repeating: 1, count: 3 * elements)
      values[index] = value
      values[values.count - 1] = index == values.count - 1 ? value : .infinity
      let error = try #require(encoding.refusal(of: values))
      #expect(error.code == .notFinite && error.index == index && error.encoding == encoding)
      #expect(error.value?.bitPattern == value.bitPattern)
    }
  }

  /// The largest level of each encoding with a scale that is a half.
  static let levels: [(Encoding, Float)] = [
    (.q8_0, 127), (.q4_0, 8), (.q4_1, 15), (.q5_0, 16), (.q5_1, 31), (.iq4_nl, 127), (.q2_0, 1), (.q1_0, 128),
    (.tq1_0, 1), (.tq2_0, 1),
  ]

  /// The smallest largest magnitude whose scale is infinite as a half, in a block that is otherwise zeros.
  @Test(arguments: levels)
  func aScaleThatOverflowsNamesTheLargestValue(_ encoding: Encoding, level: Float) throws {
    let limit = 65520 * level
    let elements = encoding.elementsPerBlock
    var values = [Float](repeating: 0, count: 2 * elements)
    values[elements + 5] = limit
    #expect(
      encoding.refusal(of: values) == EncodingError(.overflow, encoding, index: elements + 5, value: limit))
    values[elements + 5] = limit.nextDown.nextDown
    #expect(encoding.refusal(of: values) == nil)
  }

  // E11.3, E13.3
  @Test func rangesAndSumsThatOverflowFloatAreRefused() {
    var values = [Float](repeating: 3e38, count: 128)
    #expect(Encoding.q1_0.refusal(of: values)?.code == .overflow)
    values[7] = -3.2e38
    #expect(Encoding.q4_1.refusal(of: values) == EncodingError(.overflow, .q4_1, index: 7, value: -3.2e38))
  }

  // E11.3
  @Test func aMinimumThatOverflowsIsRefused() {
    let values = [Float](repeating: -70000, count: 32)
    #expect(Encoding.q4_1.refusal(of: values) == EncodingError(.overflow, .q4_1, index: 0, value: -70000))
  }

  // E16.1, E29.3, E30.3
  @Test func operandsOfDotProductsAreNotEncoded() {
    #expect(Encoding.allCases.filter { !$0.canEncode } == [.q8_1, .q8_K])
    #expect(!Encoding.allCases.contains { !$0.canDecode })
    #expect(Encoding.q8_K.refusal(of: []) == EncodingError(.noEncoder, .q8_K))
  }

  // E21.4
  @Test func whatHalvesCannotHoldIsTooLargeForSmallScales() throws {
    var values = [Float](repeating: 0, count: 64)
    values[20] = 65519
    #expect(try Encoding.nvfp4.decoded(Encoding.nvfp4.encoded(values))[20] == 2688)
    values[20] = -65520
    #expect(Encoding.nvfp4.refusal(of: values) == EncodingError(.overflow, .nvfp4, index: 20, value: -65520))
  }

  // E20.4
  @Test func powersOfTwoScaleEveryNumber() throws {
    for value in [Float.greatestFiniteMagnitude, -0x1p-120, 0x1p-125, 0x1p127] {
      let decoded = try Encoding.mxfp4.decoded(Encoding.mxfp4.encoded([Float](repeating: value, count: 32)))
      #expect(decoded.allSatisfy { $0.isFinite && ($0 - value).magnitude <= value.magnitude / 4 })
    }
  }

  // E39.1
  @Test(arguments: [-1, Float.nan, .infinity])
  func anImportanceThatIsNoneIsRefused(_ importance: Float) throws {
    var weights = [Float](repeating: 1, count: 64)
    weights[33] = importance
    let values = [Float](repeating: 1, count: 64)
    for effort in Effort.allCases {
      do throws(EncodingError) {
        _ = try Encoding.q4_0.encoded(values, importance: weights, effort: effort)
        Issue.record("accepted")
      } catch {
        #expect(error.code == .importance && error.index == 33)
        #expect(error.value.map { $0.bitPattern } == importance.bitPattern)
      }
    }
  }

  @Test func descriptionsSayWhatWasFoundAndWhatToDo() {
    #expect(
      EncodingError(.overflow, .f16, index: 2, value: -65520).description
        == "value 2 is -65520.0, too large for F16; choose an encoding with a larger range, such as BF16 or F32"
    )
    #expect(
      EncodingError(.notFinite, .q4_0, index: 9, value: .infinity).description
        == "value 9 is inf, and Q4_0 holds only finite numbers; repair the source or keep the tensor in F32, F16 or BF16"
    )
    #expect(
      EncodingError(.inexact, .i8, index: 0, value: 0.5).description
        == "value 0 is 0.5, and I8 holds only whole numbers; choose a float encoding")
    #expect(
      EncodingError(.noDecoder, .q8_K).description == "this release does not decode Q8_K; a newer one may")
    #expect(
      EncodingError(.noEncoder, .q8_K).description
        == "this release does not encode to Q8_K; choose another encoding")
  }
}
