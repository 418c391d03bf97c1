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
    let lines = ReferenceTokenizer.lines(tokenizer.metadata)
    #expect(reference.comparable(lines) == reference.comparable(expected))
  }

  @Test func thereAreFoldersToCompare() { #expect(ReferenceTokenizer.all.count >= 11) }

  @Test func digestsAreThoseOfTheStandard() {
    #expect(
      SHA256.hexadecimal(Array("abc".utf8))
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(
      SHA256.hexadecimal([UInt8](repeating: UInt8(ascii: "a"), count: 200))
        == "c2a908d98f5df987ade41b5fce213067efbcc21ef2240212a41e54b5e7c28ae5")
  }
}
