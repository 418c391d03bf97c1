import IngotTestSupport
import Testing

@testable import IngotEncodings

/// Values that are ternary already keep their codes (clause V3.8 of `spec/conversion.md`).
@Suite struct TernaryRowTests {
  /// Scales: halves, others, one that lies between two halves, and the ends of what halves hold.
  static let scales: [Float] = [
    1, 0.75, 0.1, 1 / 3, 1.000_488_28, 0.017_364, 1 / 57.3, 3e-8, 0x1.000002p-25, 0x1.8p-24, 1e-7, 6.1e-5,
    1000.3, 65_504, 65_519.9,
  ]

  /// Blocks of all kinds, one after the other.
  private static func codes(seed: UInt64) -> [Int] {
    var generator = SeededGenerator(seed: seed)
    var codes = PackedRows.codes(512, seed: seed)
    codes += [Int](repeating: 0, count: 256)
    codes += (0..<256).map { _ in Int.random(in: 0...1, using: &generator) }
    codes += (0..<256).map { _ in Int.random(in: -1...0, using: &generator) }
    codes += [Int](repeating: 1, count: 256) + [Int](repeating: -1, count: 256)
    codes += (0..<256).map { $0 == 200 ? -1 : 0 }
    return codes
  }

  private static func importances(_ count: Int) -> [[Float]?] {
    var generator = SeededGenerator(seed: 5)
    let uneven = (0..<count).map { _ in Float.random(in: 0...3, using: &generator) }
    // Only values of which most are zero count.
    let sparse = (0..<count).map { $0 % 7 == 0 ? Float(1e-3) : 0 }
    return [nil, uneven, sparse, uneven.map { $0 * $0 * $0 * 1e6 }]
  }

  @Test(arguments: [Encoding.tq1_0, .tq2_0], Effort.allCases)
  func ternaryRowsKeepTheirCodesAndTheNearestHalf(_ encoding: Encoding, _ effort: Effort) throws {
    let codes = Self.codes(seed: 41)
    for scale in Self.scales {
      let half = HalfPrecision.bits(scale)
      #expect(half != 0 && half < 0x7C00)
      for importance in Self.importances(codes.count) {
        let blocks = try encoding.encoded(
          codes.map { Float($0) * scale }, importance: effort == .fast ? nil : importance, effort: effort)
        let expected = codes.map { $0 == 0 ? 0 : Float($0) * HalfPrecision.float(half) }
        let found = try encoding.decoded(blocks)
        #expect(
          firstDifference(found, expected) == nil,
          "scale \(scale), weighted: \(importance != nil), seed 41")
        let scales = Self.storedScales(blocks, encoding)
        #expect(scales == (0..<codes.count / 256).map { $0 == 2 ? 0 : half }, "scale \(scale), seed 41")
      }
    }
  }

  @Test(arguments: [Encoding.tq1_0, .tq2_0])
  func allEffortsGiveTheSameBlocksOfTernaryRows(_ encoding: Encoding) throws {
    let codes = Self.codes(seed: 42)
    for scale in Self.scales {
      let values = codes.map { Float($0) * scale }
      let blocks = try Effort.allCases.map { try encoding.encoded(values, effort: $0) }
      #expect(blocks.dropFirst().allSatisfy { firstDifference($0, blocks[0]) == nil }, "scale \(scale)")
    }
  }

  @Test(arguments: [Encoding.tq1_0, .tq2_0], Effort.allCases)
  func aScaleThatNoHalfIsNearGivesZerosOrIsRefused(_ encoding: Encoding, _ effort: Effort) throws {
    let codes = PackedRows.codes(256, seed: 43)
    for scale: Float in [0x1p-25, 1e-9, 0x1p-130, .leastNonzeroMagnitude] {
      let found = try encoding.decoded(encoding.encoded(codes.map { Float($0) * scale }, effort: effort))
      #expect(found.allSatisfy { $0 == 0 }, "scale \(scale)")
    }
    for scale: Float in [65_520, 1e30] {
      let first = codes.firstIndex { $0 != 0 } ?? 0
      let error = #expect(throws: EncodingError.self) {
        try encoding.encoded(codes.map { Float($0) * scale }, effort: effort)
      }
      #expect(error?.code == .overflow && error?.index == first, "scale \(scale)")
    }
  }

  private static func storedScales(_ blocks: [UInt8], _ encoding: Encoding) -> [UInt16] {
    let offset = encoding.scaleFields[0].offset
    return stride(from: 0, to: blocks.count, by: encoding.bytesPerBlock).map {
      UInt16(blocks[$0 + offset]) | UInt16(blocks[$0 + offset + 1]) << 8
    }
  }
}
