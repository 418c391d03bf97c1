import Testing

@testable import ingot

/// Numbers and tables as people read them.
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

  @Test func columnsAreAlignedAndTheFirstGivesWay() {
    var table = Table(("tensor", .left), ("size", .right))
    table.append("a-name-that-is-long.weight", "1 B")
    table.append("b", "20 kB")
    #expect(
      table.lines(width: nil) == [
        "tensor                       size", "a-name-that-is-long.weight    1 B",
        "b                           20 kB",
      ])
    #expect(table.lines(width: 20).map(\.count) == [20, 20, 20])
    #expect(table.lines(width: 20)[1] == "a-name-….weight    1 B" || table.lines(width: 20)[1].contains("…"))
    #expect(table.lines(width: 1).allSatisfy { $0.count <= 19 })
  }

  // A name of a megabyte among thousands would else make a text of gigabytes.
  @Test func oneLongNameDoesNotMakeEachLineAsLong() {
    var table = Table(("tensor", .left), ("size", .right))
    let long = String(repeating: "n", count: 100_000)
    table.append(long, "1 B")
    table.append("b", "20 kB")
    let lines = table.lines(width: nil)
    #expect(lines.map(\.count) == [263, 100_007, 263])
    #expect(lines[1] == long + "    1 B" && lines[2].hasPrefix("b   ") && lines[2].hasSuffix("  20 kB"))
    #expect(table.lines(width: 40).map(\.count) == [40, 40, 40])
  }

  @Test func rowsThatAreMadeWhenTheyAreNeededStandLikeOthers() {
    var table = Table(("tensor", .left), ("size", .right))
    for number in 9..<12 { table.append("blk.\(number)\n", "\(number * number) ×") }
    let made = Table(
      [("tensor", .left), ("size", .right)], rows: (9..<12).lazy.map { ["blk.\($0)\n", "\($0 * $0) ×"] })
    for width in [nil, 14, 1] { #expect(made.lines(width: width) == table.lines(width: width)) }
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

  @Test func columnsThatAreNotNeededGiveWayBeforeNamesAreCutShort() {
    var table = Table(
      [("tensor", .left), ("a", .right), ("b", .right), ("c", .right)], expendable: ["c", "a"])
    table.append(String(repeating: "n", count: 30), "1", "2", "3")
    func last(_ width: Int?) -> String? {
      table.lines(width: width).last.map { String($0.drop { $0 == "n" || $0 == "…" }) }
    }
    #expect(last(nil) == "  1  2  3" && last(39) == "  1  2  3" && last(33) == "  1  2  3")
    #expect(last(32) == "  1  2" && last(30) == "  1  2" && last(29) == "  2" && last(10) == "  2")
    #expect(table.lines(width: 33).allSatisfy { $0.count <= 33 })
    #expect(table.lines(width: 29).allSatisfy { $0.count <= 29 })
  }

  @Test func cellsCannotSteerTheTerminal() {
    var table = Table(("tensor", .left))
    table.append("a\u{1B}[2J\r\n\t\u{7F}\u{85}\u{2028}\u{202E}é")
    #expect(table.lines(width: nil)[1] == #"a\u{1B}[2J\r\n\t\u{7F}\u{85}\u{2028}\u{202E}é"#)
  }
}
