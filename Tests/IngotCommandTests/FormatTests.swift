import Testing

@testable import ingot

/// Numbers and lists as people and programs read them.
@Suite struct FormatTests {
  @Test(arguments: [
    (0, "0 B"), (999, "999 B"), (1000, "1.00 kB"), (9994, "9.99 kB"), (9996, "10.0 kB"), (99_960, "100 kB"),
    (999_499, "999 kB"), (999_500, "1.00 MB"), (98_400_000, "98.4 MB"), (Int.max, "9.22 EB"),
  ]) func sizesHaveThreeDigits(count: Int, text: String) {
    #expect(Format.bytes(count) == text)
  }

  @Test(arguments: [
    (0.0, "0"), (1, "1.000"), (-0.003512, "-0.003512"), (1.25e-9, "1.250e-09"), (9.99996, "10.00"),
    (123_456_789, "1.235e+08"), (.infinity, "inf"), (.nan, "nan"),
    (Double.leastNonzeroMagnitude, "4.941e-324"),
    (1.797e308, "1.797e+308"),
  ]) func measuresHaveFourDigits(value: Double, text: String) {
    #expect(Format.measure(value) == text)
  }

  @Test(arguments: [
    (1.005, 2, "1.00"), (-0.001, 2, "0.00"), (0.05, 1, "0.1"), (7, 0, "7"), (1e300, 2, "1e+300"),
  ])
  func decimalsAreFixed(value: Double, decimals: Int, text: String) {
    #expect(Format.fixed(value, decimals) == text)
  }

  @Test func thousandsStandApart() {
    #expect(Format.count(30_522) == "30 522")
    #expect(Format.count(Int.min) == "-9 223 372 036 854 775 808")
    #expect(Format.duration(.seconds(245)) == "4 min 05 s")
    #expect(Format.shape([]) == "scalar")
  }

  @Test(arguments: 0...3)
  func aLongListReadsAsOneThatIsEncodedAtOnce(count: Int) throws {
    struct Entry: Encodable {
      let name: String
      let shape: [Int]
    }
    struct Short: Encodable {
      let aText = "\n  \"list\" : ["
      let list: [Entry]
      let nested = ["list": [1]]
    }
    struct Long: Encodable {
      let aText = "\n  \"list\" : ["
      let list: LongList<[Entry]>
      let nested = ["list": [1]]
    }
    let entries = (0..<count).map { Entry(name: "a\n\"\($0)", shape: [Int](repeating: 2, count: $0)) }
    let list = LongList(entries)
    var text = ""
    try JSONText.write(Long(list: list), listing: list, as: "list") { text += $0 }
    #expect(try text == JSONText.of(Short(list: entries)))
  }
}
