import Foundation
import IngotArchitectures
import IngotTestSupport
import SystemPackage
import Testing

/// `spec/architectures.md`: `INGOT_WRITE_PAGES=1` in the environment writes what the tables say into it.
@Test func pageOfArchitecturesIsThatOfTheTables() throws {
  let path = TestData.packageRoot.appending("spec").appending("architectures.md")
  let page = String(decoding: try TestData.bytes(at: path), as: UTF8.self)
  let start = try #require(
    page.range(of: ArchitecturePage.start), "the page lost the line where its tables start")
  if getenv("INGOT_WRITE_PAGES") != nil {
    let text = String(page[..<start.lowerBound]) + ArchitecturePage.text
    let file = try FileDescriptor.open(path, .writeOnly, options: .truncate)
    _ = try file.closeAfter { try file.writeAll(text.utf8) }
  } else {
    #expect(page[start.lowerBound...] == ArchitecturePage.text)
  }
}

/// `spec/metadata.md`, clause M10.
@Test func tokenizersAreThoseOfTheSpecification() throws {
  func keys(_ names: [String]) -> String {
    names.map { "`\($0.dropFirst("tokenizer.ggml.".count))`" }.joined(separator: ", ")
  }
  let rows = try Specification.table(of: "metadata.md", withHeader: "`tokenizer.ggml.model`")
  #expect(
    rows == TokenizerModel.all.map { ["`\($0.name)`", $0.about, keys($0.required), keys($0.expected)] })
}
