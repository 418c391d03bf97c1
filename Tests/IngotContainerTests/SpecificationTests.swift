import IngotTestSupport
import Testing

@testable import IngotContainer

/// `spec/limits.md` and `spec/container.md` say what the code does.
@Suite struct SpecificationTests {
  private func rows(_ page: String) throws -> [[String]] {
    let bytes = try TestData.bytes("../spec/\(page)")
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").filter { $0.hasPrefix("|") }.map {
      $0.split(separator: "|").map { $0.split(separator: " ").joined(separator: " ") }
    }
  }

  @Test func limitsAreThoseOfTheTable() throws {
    var table: [String: Int] = [:]
    for row in try rows("limits.md") where row.count == 5 {
      table[row[2].filter { $0 != "`" }] = Int(row[1])
    }
    let limits = ParseLimits.default
    let fields = Mirror(reflecting: limits).children.compactMap { child in
      child.label.flatMap { label in (child.value as? Int).map { (label, $0) } }
    }
    #expect(fields.count == 9)
    #expect(Dictionary(uniqueKeysWithValues: fields) == table)
  }

  @Test func everyCodeStandsInTheTableOfErrors() throws {
    let cells = try rows("container.md").filter { $0.count == 5 }.flatMap { row in [row[0], row[3]] }
    let codes = cells.map { cell in cell.filter { $0 != "`" } }
    for code in ContainerError.Code.allCases { #expect(codes.contains(code.rawValue), "\(code)") }
  }

  @Test func everyTypeStandsInTheTableOfTypes() throws {
    let table = try rows("container.md").filter { $0.count == 3 }
    for type in MetadataType.allCases {
      let size = type.byteCount.map(String.init) ?? (type == .string ? "8 + length" : "12 + its values")
      #expect(table.contains(["\(type.rawValue)", "`\(type.name)`", size]), "\(type)")
    }
  }
}
