import IngotTestSupport
import Testing

@testable import IngotFiles

@Suite struct ReadRecordTests {
  @Test func filesThatAreOpenedWithinACallAreKnown() throws {
    let folder = try TemporaryFolder()
    for name in ["a", "b", "c", "d"] { try folder.write([1], to: name) }
    let record = ReadRecord()
    _ = try RegularFile(opening: folder.path("a"))
    try record.recording { _ = try RegularFile(opening: folder.path("b")) }
    try record.recording {
      _ = try MappedFile(RegularFile(opening: folder.path("c")))
      _ = try RegularFile(opening: folder.path("b"))
    }
    _ = try RegularFile(opening: folder.path("d"))
    #expect(
      try Set(record.identities) == [
        FileIdentity(of: folder.path("b")), FileIdentity(of: folder.path("c")),
      ])
    #expect(record.identities.count == 2)
  }
}
