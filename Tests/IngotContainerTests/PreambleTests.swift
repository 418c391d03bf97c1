import Testing

@testable import IngotContainer

/// Clauses C2 to C4: magic, version, counts.
@Suite struct PreambleTests {
  @Test func emptyFileIsOfNoKnownKind() { expectRefusal(HostileFile(raw: []), .magic, at: 0) }

  @Test func otherMagicIsRefused() {
    expectRefusal(HostileFile(raw: Array("GGML".utf8)).zeros(20), .magic, at: 0)
    expectRefusal(HostileFile(raw: Array("X".utf8)), .magic, at: 0)
  }

  @Test func startOfMagicIsTruncated() {
    expectRefusal(HostileFile(raw: Array("GGU".utf8)), .truncated, at: 0)
  }

  @Test(arguments: [0, 1, 4, 0x0001_0001, .max] as [UInt32])
  func otherVersionIsRefused(version: UInt32) {
    expectRefusal(HostileFile(version: version), .version, at: 4)
  }

  @Test(arguments: [1, 2, 3, 4] as [UInt32])
  func bigEndianFileIsRecognised(version: UInt32) {
    expectRefusal(HostileFile(version: version.byteSwapped), .byteOrder, at: 4)
  }

  @Test func versionTwoIsReadAndWrittenAsThree() throws {
    let header = try HostileFile(keys: 1, version: 2).entry("a", "b").header()
    #expect(header.version == 2)
    let written = try ContainerHeader(parsing: header.encoded().span.bytes)
    #expect(written.version == 3)
    #expect(written.metadata == header.metadata)
  }

  @Test func fileWithoutKeysAndTensorsIsValid() throws {
    let header = try HostileFile().header()
    #expect(header.headerByteCount == 24)
    #expect(header.dataOffset == 32)
    #expect(header.bodyByteCount == 32)
  }

  @Test(arguments: [1_000_001, 500_000_000, 1 << 63, .max] as [UInt64])
  func tensorCountOverTheLimitIsRefused(count: UInt64) {
    expectRefusal(HostileFile(tensors: count), .limit, at: 8)
  }

  @Test(arguments: [100_001, 500_000_000, 1 << 63, .max] as [UInt64])
  func keyCountOverTheLimitIsRefused(count: UInt64) {
    expectRefusal(HostileFile(keys: count), .limit, at: 16)
  }

  @Test func countsAreComparedWithWhatRemains() {
    expectRefusal(HostileFile(tensors: 1_000_000), .truncated, at: 8)
    expectRefusal(HostileFile(tensors: 2).zeros(49), .truncated, at: 8)
    expectRefusal(HostileFile(keys: 100_000), .truncated, at: 16)
    expectRefusal(HostileFile(keys: 2).zeros(27), .truncated, at: 16)
    let unlimited = {
      var limits = ParseLimits(); (limits.tensorCount, limits.keyCount) = (.max, .max); return limits
    }()
    expectRefusal(HostileFile(tensors: 500_000_000), .truncated, at: 8, limits: unlimited)
    expectRefusal(HostileFile(keys: UInt64(Int.max)), .truncated, at: 16, limits: unlimited)
  }

  @Test func oneKeyTooManyReadsTheTensorAsAKey() {
    // The name is a key, the number of dimensions a type, and the value runs into the rest of the entry.
    let file = HostileFile(tensors: 0, keys: 2).entry("a", "b").tensor("t", [32]).padded().zeros(128)
    #expect(throws: Never.self) { try file.header() }
    // With four dimensions the type is UINT32, with nine ARRAY, with more it is none.
    let counted = HostileFile(tensors: 0, keys: 2).entry("a", "b").text("t").number(UInt32(13)).zeros(64)
    expectRefusal(counted, .type, at: 24 + 9 + 4 + 9 + 9)
  }

  @Test func oneKeyTooFewReadsTheKeyAsATensor() {
    let file = HostileFile(tensors: 1, keys: 1).entry("a", "b").entry("c", "d").tensor("t", [32])
    expectRefusal(file.padded().zeros(128), .dimensions, at: 24 + 22 + 9, .tensor("c"))
  }

  @Test func oneTensorTooManyIsTruncated() {
    let file = HostileFile(tensors: 2).tensor("t", [32])
    expectRefusal(file.zeros(25), .name, at: file.end)
    expectRefusal(file.zeros(16), .truncated, at: 8)
  }
}
