import IngotTestSupport
import Testing

@testable import ingot

/// Tables on terminals of any width, and without one.
@Suite struct TableTests {
  private static let long = "a-name-that-is-so-long-that-it-is-cut.weight"

  @Test func columnsAreAlignedAndTheFirstLosesItsMiddle() {
    var table = Table(("tensor", .left), ("size", .right))
    table.append("a-name-that-is-long.weight", "1 B")
    table.append("b", "20 kB")
    #expect(
      table.lines(width: nil) == [
        "tensor                       size", "a-name-that-is-long.weight    1 B",
        "b                           20 kB",
      ])
    #expect(table.lines(width: 32)[1] == "a-name-that-…-long.weight    1 B")
    #expect(table.lines(width: 32).allSatisfy { $0.count <= 32 })
  }

  @Test(arguments: [1, 10, 20, 30, 31]) func noNameIsCutBelowWhatCanBeRead(width: Int) {
    var table = Table(
      [("tensor", .left), ("size", .right), ("why", .left)], expendable: ["size"], lastColumn: .cut)
    table.append(Self.long, "1 B", "because")
    table.append("gemma-embedding", "20 kB", "")
    let lines = table.lines(width: width)
    #expect(lines[1].hasPrefix("a-name-that-…-cut.weight  bec") || lines[1].hasPrefix("a-name-that-i"))
    #expect(lines[2] == "gemma-embedding")
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

  @Test func columnsThatAreNotNeededGiveWayBeforeNamesAreCutShort() {
    var table = Table(
      [("tensor", .left), ("a", .right), ("b", .right), ("c", .right)], expendable: ["c", "a"])
    table.append(String(repeating: "n", count: 58), "1", "2", "3")
    func last(_ width: Int?) -> String? {
      table.lines(width: width).last.map { String($0.drop { $0 == "n" || $0 == "…" }) }
    }
    #expect(last(nil) == "  1  2  3" && last(67) == "  1  2  3" && last(57) == "  1  2  3")
    #expect(last(56) == "  1  2" && last(54) == "  1  2" && last(53) == "  2" && last(10) == "  2")
    for width in [67, 57, 56, 53, 27] { #expect(table.lines(width: width).allSatisfy { $0.count <= width }) }
    #expect(table.lines(width: 10).last?.count == 24 + 3)
  }

  @Test func theLastColumnGivesWayBeforeAnythingElse() {
    let text = "rows of 64 do not divide into blocks of 256"
    func lines(_ last: Table.LastColumn, _ width: Int?) -> [String] {
      var table = Table(
        [("tensor", .left), ("from", .left), ("why", .left)], expendable: ["from"], lastColumn: last)
      table.append("blk.0.attn_q.weight", "BF16", text)
      table.append("b", "F32", "asked")
      return table.lines(width: width)
    }
    #expect(lines(.whole, nil) == lines(.wrapped, nil) && lines(.whole, nil) == lines(.cut, nil))
    #expect(
      lines(.wrapped, 60) == [
        "tensor               from  why",
        "blk.0.attn_q.weight  BF16  rows of 64 do not divide into",
        "                           blocks of 256",
        "b                    F32   asked",
      ])
    #expect(lines(.cut, 60)[1] == "blk.0.attn_q.weight  BF16  rows of 64 do not divide into bl…")
    // No room for 20 columns: another column goes, but never the name.
    #expect(lines(.cut, 46)[1] == "blk.0.attn_q.weight  rows of 64 do not divide…")
    #expect(lines(.cut, 1)[1] == "blk.0.attn_q.weight  rows of 64 do not d…")
  }

  @Test(arguments: [
    ("", 5, [""]), ("abc", 3, ["abc"]), ("abc de", 3, ["abc", "de"]), ("ab cd ef", 5, ["ab cd", "ef"]),
    ("abcdefgh", 3, ["abc", "def", "gh"]), ("a bcdefgh", 4, ["a", "bcde", "fgh"]), ("ab     ", 3, ["ab"]),
    ("é×…", 1, ["é", "×", "…"]), (" abcd", 3, [" ab", "cd"]),
  ]) func textIsPartedAtSpaces(text: String, width: Int, lines: [String]) {
    #expect(text.wrapped(to: width) == lines)
  }

  @Test func cellsCannotSteerTheTerminal() {
    var table = Table(("tensor", .left))
    table.append("a\u{1B}[2J\r\n\t\u{7F}\u{85}\u{2028}\u{202E}é")
    #expect(table.lines(width: nil)[1] == #"a\u{1B}[2J\r\n\t\u{7F}\u{85}\u{2028}\u{202E}é"#)
  }
}
