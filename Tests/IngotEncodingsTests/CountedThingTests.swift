import IngotEncodings
import Testing

struct CountedThingTests {
  @Test func oneIsSingularAndAnyOtherNumberPlural() {
    #expect(1.counted("byte") == "1 byte")
    #expect([0, 2, 21, -1].map { $0.counted("byte") } == ["0 bytes", "2 bytes", "21 bytes", "-1 bytes"])
    #expect(UInt64.max.counted("more byte") == "18446744073709551615 more bytes")
  }

  @Test func aPluralOfItsOwnIsTaken() {
    #expect(1.counted("entry", plural: "entries") == "1 entry")
    #expect(UInt8(3).counted("entry", plural: "entries") == "3 entries")
  }

  @Test func theWordAloneFollowsTheNumber() {
    #expect([0, 1, 2].map { $0.named("row") } == ["rows", "row", "rows"])
  }
}
