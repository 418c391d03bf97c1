import IngotContainer
import IngotTestSupport
import Testing

@testable import IngotConversion

/// Tokenizers of whole folders beside the reference converter: T1.
@Suite struct ReferenceTokenizerTests {
  @Test(arguments: ReferenceTokenizer.all)
  func everyKeyIsThatOfTheReference(_ reference: ReferenceTokenizer) throws {
    let tokenizer = try reference.load()
    guard let expected = try reference.expected() else { return }
    let lines = try ReferenceTokenizer.lines(tokenizer.metadata)
    #expect(reference.comparable(lines) == reference.comparable(expected))
  }

  @Test func thereAreFoldersToCompare() { #expect(ReferenceTokenizer.all.count >= 11) }
}
