import Foundation
import IngotTestSupport
import SystemPackage
import Testing

@testable import IngotConversion

/// `spec/families.md`: `INGOT_WRITE_PAGES=1` in the environment writes what the tables say into it.
@Test func pageOfFamiliesIsThatOfTheTables() throws {
  let path = TestData.packageRoot.appending("spec").appending("families.md")
  let page = String(decoding: try TestData.bytes(at: path), as: UTF8.self)
  let start = try #require(page.range(of: FamilyPage.start), "the page lost the line where its tables start")
  if getenv("INGOT_WRITE_PAGES") != nil {
    let text = String(page[..<start.lowerBound]) + FamilyPage.text
    let file = try FileDescriptor.open(path, .writeOnly, options: .truncate)
    _ = try file.closeAfter { try file.writeAll(text.utf8) }
  } else {
    #expect(page[start.lowerBound...] == FamilyPage.text)
  }
}

/// Clause N1.2.
@Test func classesAndNamesAreOfOneFamily() {
  let classes = ModelFamily.all.flatMap(\.classes)
  #expect(Set(classes).count == classes.count)
  #expect(ModelFamily.all.map(\.name) == ModelFamily.all.map(\.name).sorted())
  for family in ModelFamily.all {
    #expect(Set(family.routes.map(\.pattern)).count == family.routes.count, "\(family.name)")
    #expect(ModelFamily.named(family.name.uppercased())?.name == family.name)
  }
}
