import Testing

@testable import IngotContainer

/// Clauses C5 to C11: keys, types, scalars, strings, alignment.
@Suite struct MetadataReadingTests {
  private let start = HostileFile(keys: 1)

  @Test func keyLengthOverTheLimitIsRefused() {
    expectRefusal(start.number(UInt64.max).zeros(6), .limit, at: 24)
    expectRefusal(start.number(UInt64(65_536)).zeros(70_000), .limit, at: 24)
  }

  @Test func longestKeyIsAccepted() throws {
    let key = String(repeating: "k", count: 65_535)
    #expect(try start.entry(key, true).header().metadata[key] == true)
  }

  @Test func truncatedKeyReportsOffsetOfLength() {
    expectRefusal(start.number(UInt64(7)).zeros(6), .truncated, at: 24)
  }

  @Test func emptyKeyIsRefused() { expectRefusal(start.entry("", "value"), .key, at: 24) }

  @Test func keyWithNULOrOutsideASCIIIsRefusedAtThatByte() {
    expectRefusal(start.entry("a\0b", true), .key, at: 24 + 8 + 1)
    expectRefusal(start.entry("clé", true), .key, at: 24 + 8 + 2)
    expectRefusal(start.text(bytes: [0xFF]).number(UInt32(0)).zeros(1), .key, at: 24 + 8)
  }

  @Test func duplicateKeyIsRefusedWhereItOccursAgain() {
    let once = HostileFile(keys: 2).entry("a", true)
    expectRefusal(once.entry("a", "other"), .duplicate, at: once.end, .key("a"))
  }

  @Test(arguments: [13, 255, .max] as [UInt32])
  func unknownTypeIsRefused(type: UInt32) {
    expectRefusal(start.text("a").number(type).zeros(8), .type, at: 24 + 9, .key("a"))
  }

  @Test(
    arguments: [
      .uint8(200), .int8(-3), .uint16(60_000), .int16(-9), .uint32(7), .int32(-7), .uint64(.max),
      .int64(.min),
      .float32(-0.0), .float64(.pi), true, false, "", "é\0☃",
      .float32(Float(bitPattern: 0x7F80_0001)), .float64(Double(nan: 5, signaling: true)),
    ] as [MetadataValue])
  func everyValueIsReadBitForBit(value: MetadataValue) throws {
    let header = try start.entry("a", value).header()
    #expect(header.metadata["a"] == value)
    #expect(header.metadata.offset(of: "a") == 24 + 9 + 4)
  }

  @Test func valueThatIsCutOffIsTruncatedAtItsStart() {
    expectRefusal(start.key("a", .uint64).zeros(7), .truncated, at: 24 + 13, .key("a"))
  }

  @Test func booleanOfTwoIsRefused() { expectRefusal(start.key("a", .bool).raw([2]), .value, at: 24 + 13) }

  @Test func stringLongerThanWhatRemainsIsTruncatedAtItsLength() {
    expectRefusal(start.key("a", .string).number(UInt64(3)).zeros(2), .truncated, at: 24 + 13)
  }

  @Test func stringOverTheLimitIsRefused() {
    expectRefusal(start.key("a", .string).number(UInt64(16 << 20) + 1), .limit, at: 24 + 13)
    expectRefusal(start.key("a", .string).number(UInt64.max), .limit, at: 24 + 13)
  }

  @Test func stringThatIsNotUTF8IsRefusedAtTheFirstSuchByte() {
    let file = start.key("a", .string).text(bytes: Array("ab".utf8) + [0xC3, 0x28])
    expectRefusal(file, .utf8, at: 24 + 13 + 8 + 2, .key("a"))
  }

  @Test func metadataOverItsBudgetIsRefusedBeforeItIsRead() {
    var limits = ParseLimits()
    limits.metadataByteCount = 100
    let file = start.entry("a", .string(String(repeating: "x", count: 79)))
    #expect(throws: Never.self) { try file.header(limits: limits) }
    let larger = start.entry("a", .string(String(repeating: "x", count: 80)))
    expectRefusal(larger, .limit, at: 24 + 13, limits: limits)
    let words = start.entry("a", .array(MetadataArray(repeatElement("word", count: 7))))
    expectRefusal(words, .limit, at: 24 + 13 + 4, limits: limits)
    let numbers = start.entry("a", .array(MetadataArray(repeatElement(7 as UInt64, count: 10))))
    expectRefusal(numbers, .limit, at: 24 + 13 + 4, limits: limits)
  }

  @Test(arguments: [0, 3, 24, 1 << 21, 1 << 31, .max] as [UInt32])
  func alignmentThatIsNoPowerOfTwoWithinTheLimitIsRefused(alignment: UInt32) {
    let key = ContainerFormat.alignmentKey
    let place = 24 + 8 + UInt64(key.utf8.count) + 4
    expectRefusal(start.entry(key, .uint32(alignment)), .alignment, at: place, .key(key))
  }

  @Test(
    arguments: [.uint64(32), .int32(32), "32", .array(MetadataArray([32] as [UInt32]))] as [MetadataValue])
  func alignmentOfAnotherTypeIsRefusedAtTheType(value: MetadataValue) {
    let key = ContainerFormat.alignmentKey
    expectRefusal(start.entry(key, value), .alignment, at: 24 + 8 + UInt64(key.utf8.count))
  }

  @Test(arguments: [1, 2, 4, 32, 64, 1 << 20] as [UInt32])
  func dataStartsAtAMultipleOfTheAlignment(alignment: UInt32) throws {
    let file = HostileFile(tensors: 2, keys: 1).entry(ContainerFormat.alignmentKey, .uint32(alignment))
    let second = (4 + UInt64(alignment) - 1) / UInt64(alignment) * UInt64(alignment)
    let header = try file.tensor("a", [1]).tensor("b", [1], at: second)
      .padded(to: Int(alignment)).zeros(Int(second) + 4).header()
    #expect(header.alignment == Int(alignment))
    #expect(header.dataOffset % UInt64(alignment) == 0)
    #expect(header.dataOffset - header.headerByteCount < UInt64(alignment))
    #expect(header.byteRange(of: header.tensors[1]).lowerBound == header.dataOffset + second)
  }
}
