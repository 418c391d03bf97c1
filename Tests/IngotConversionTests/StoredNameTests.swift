import Testing

@testable import IngotConversion

// `spec/metadata.md`, clause M3.1.
@Suite struct StoredNameTests {
  @Test func namesOfUpTo63BytesAreKept() {
    #expect(StoredName.stored("a") == "a")
    let longest = String(repeating: "é", count: 31) + "x"
    #expect(longest.utf8.count == 63)
    #expect(StoredName.stored(longest) == longest)
  }

  @Test func longerNamesAreCutAtAScalarAndEndInTheDigestOfTheWhole() {
    let long = String(repeating: "é", count: 32)
    let stored = StoredName.stored(long)
    #expect(stored.utf8.count == 63)
    #expect(stored.hasPrefix(String(repeating: "é", count: 23) + "~"))
    #expect(StoredName.fits(stored))
  }

  @Test func theDigestIsFNV1a() {
    // Published test values of 64-bit FNV-1a: of no bytes, and of "foobar".
    #expect(StoredName.stored("") == "~cbf29ce484222325")

    #expect(StoredName.digest("foobar".utf8, attempt: 0) == 0x8594_4171_f739_67e8)
  }

  @Test func namesThatDifferOnlyAtTheEndGetDifferentNames() {
    let beginning = String(repeating: "layer.", count: 20)
    #expect(StoredName.stored(beginning + "a") != StoredName.stored(beginning + "b"))
  }

  @Test func aSecondAttemptGivesAnotherName() {
    let long = String(repeating: "x", count: 64)
    #expect(StoredName.stored(long) != StoredName.stored(long, attempt: 1))
    #expect(StoredName.stored(long) == StoredName.stored(long, attempt: 0))
  }

  @Test func nulIsLeftOut() {
    #expect(!StoredName.fits("a\0b"))
    #expect(StoredName.stored("a\0b").hasPrefix("ab~"))
  }
}
