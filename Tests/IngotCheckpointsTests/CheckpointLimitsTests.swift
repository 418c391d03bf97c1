import IngotCheckpoints
import IngotTestSupport
import Testing

@Suite struct CheckpointLimitsTests {
  @Test func limitsAreThoseOfTheSpecification() throws {
    let text = String(decoding: try TestData.bytes("../spec/limits.md"), as: UTF8.self)
    let lines = text.split(separator: "\n").drop { $0 != "## Checkpoints" }
    var table: [String: UInt64] = [:]
    for cells in lines.map({ $0.split(separator: "|").map(Specification.trimmed) }) where cells.count == 4 {
      if let number = UInt64(cells[1]) { table[cells[2].filter { $0 != "`" }] = number }
    }
    let limits = CheckpointLimits.default
    #expect(
      table == [
        "headerByteCount": limits.headerByteCount, "sideFileByteCount": limits.sideFileByteCount,
        "nesting": UInt64(limits.nesting),
        "textByteCount": UInt64(limits.textByteCount), "tensorCount": UInt64(limits.tensorCount),
        "dimensionCount": UInt64(limits.dimensionCount), "shardCount": UInt64(limits.shardCount),
        "importanceValueCount": UInt64(limits.importanceValueCount),
        "secondMomentColumnCount": UInt64(limits.secondMomentColumnCount),
        "archiveEntryCount": limits.archiveEntryCount, "pickleByteCount": limits.pickleByteCount,
        "pickleMemoCount": UInt64(limits.pickleMemoCount),
        "pickleValueCount": UInt64(limits.pickleValueCount),
        "pickleNameByteCount": UInt64(limits.pickleNameByteCount),
        "pickleNesting": UInt64(limits.pickleNesting),
        "arrayHeaderByteCount": UInt64(limits.arrayHeaderByteCount),
        "messageNesting": UInt64(limits.messageNesting),
        "messageNameByteCount": UInt64(limits.messageNameByteCount),
      ])
  }
}
