import IngotTestSupport
import Testing

@testable import IngotEncodings

@Suite struct CodebookTests {
  // E38.1, E38.2
  @Test func codebooksAreThoseOfTheSpecification() throws {
    try expectTable("iq2_xxs", Codebooks.iq2XXS)
    try expectTable("iq2_xs", Codebooks.iq2XS)
    try expectTable("iq2_s", Codebooks.iq2S)
    try expectTable("iq3_xxs", Codebooks.iq3XXS)
    try expectTable("iq3_s", Codebooks.iq3S)
    try expectTable("iq1", Codebooks.iq1)
  }

  private func expectTable<Point>(_ name: String, _ codebook: Codebook<Point>) throws {
    let rows = try Specification.table(of: "encodings.md", withHeader: "codebook")
    let row = try #require(rows.first { $0[0] == "`\(name)`" })
    let levels = row[4].replacing("−", with: "-").split(separator: ",").map { Specification.trimmed($0) }
    #expect(codebook.levels == levels.compactMap { Float($0) })
    #expect("\(codebook.entries.count)" == row[2])
    #expect("\(Point.scalarCount)" == row[3])

    let path = TestData.packageRoot.appending("spec").appending("tables").appending("\(name).txt")
    let lines = String(decoding: try TestData.bytes(at: path), as: UTF8.self).split(separator: "\n")
    let digits = codebook.entries.map { entry in
      (0..<Point.scalarCount).map { "\(Codebook<Point>.level(of: entry, at: $0))" }.joined()
    }
    #expect(firstDifference(digits, lines.map(String.init)) == nil)
    let values = codebook.points.map { point in point.indices.map { point[$0] } }
    let expected = lines.map { line in line.map { codebook.levels[$0.wholeNumberValue ?? 0] } }
    #expect(firstDifference(values, expected) == nil)
    #expect(zip(codebook.entries, codebook.entries.dropFirst()).allSatisfy { $0 < $1 })
  }

  // E38.3
  @Test func theEighthSignMakesTheNumberOfNegativeValuesEven() {
    for stored in 0..<128 {
      let signs = EvenSigns.signs(stored)
      #expect(Int(signs & 127) == stored)
      #expect(signs.nonzeroBitCount.isMultiple(of: 2))
    }
  }
}
