import IngotEncodings
import Testing

@testable import IngotContainer

/// Clause C22: what the writer refuses, and the layout that it gives.
@Suite struct HeaderWritingTests {
  private func refusal(
    _ metadata: Metadata = [:], _ tensors: [(name: String, dimensions: [Int], encoding: Encoding)] = [],
    alignment: Int? = nil, limits: ParseLimits = .default
  ) -> ContainerError.Code? {
    let error = #expect(throws: ContainerError.self) {
      try ContainerHeader(metadata: metadata, tensors: tensors, alignment: alignment, limits: limits)
    }
    #expect(error?.offset == nil)
    return error?.code
  }

  @Test func namesThatCommonReadersCannotHoldAreRefused() throws {
    #expect(refusal([:], [("", [1], .f32)]) == .name)
    #expect(refusal([:], [("a\0", [1], .f32)]) == .name)
    #expect(refusal([:], [(String(repeating: "n", count: 64), [1], .f32)]) == .name)
    // 32 characters of two bytes.
    #expect(refusal([:], [(String(repeating: "é", count: 32), [1], .f32)]) == .name)
    let longest = String(repeating: "n", count: 63)
    #expect(throws: Never.self) { try ContainerHeader(metadata: [:], tensors: [(longest, [1], .f32)]) }
  }

  @Test func keysThatTheReaderRefusesAreRefused() {
    #expect(refusal(["": true]) == .key)
    #expect(refusal(["a\0": true]) == .key)
    #expect(refusal(["é": true]) == .key)
    #expect(refusal([String(repeating: "k", count: 65_536): true]) == .limit)
  }

  @Test func valuesOverTheLimitsAreRefused() {
    var limits = ParseLimits()
    (limits.stringByteCount, limits.arrayCount, limits.arrayNesting) = (4, 3, 1)
    #expect(refusal(["a": "12345"], limits: limits) == .limit)
    #expect(refusal(["a": .array(MetadataArray(["1", "12345"]))], limits: limits) == .limit)
    #expect(refusal(["a": .array(MetadataArray([1, 2, 3, 4] as [Int8]))], limits: limits) == .limit)
    #expect(refusal(["a": .array(MetadataArray([] as [MetadataArray]))], limits: limits) == .nesting)
    (limits.keyCount, limits.tensorCount) = (1, 0)
    #expect(refusal(["a": true, "b": true], limits: limits) == .limit)
    #expect(refusal([:], [("a", [1], .f32)], limits: limits) == .limit)
    limits.metadataByteCount = 13
    #expect(refusal(["a": true], limits: limits) == .limit)
  }

  @Test func shapesThatDoNotFitAreRefused() {
    #expect(refusal([:], [("a", [], .f32)]) == .dimensions)
    #expect(refusal([:], [("a", [1, 1, 1, 1, 1], .f32)]) == .dimensions)
    #expect(refusal([:], [("a", [-1], .f32)]) == .dimensions)
    #expect(refusal([:], [("a", [33], .q4_0)]) == .block)
    #expect(refusal([:], [("a", [1 << 62, 2], .i8)]) == .overflow)
    #expect(refusal([:], [("a", [1 << 61], .f32)]) == .overflow)
    #expect(refusal([:], [("a", [1 << 62], .i8), ("b", [1 << 62], .i8)]) == .overflow)
    #expect(refusal([:], [("a", [.max - 63], .i8)]) == .overflow)
    #expect(refusal([:], [("a", [1], .f32), ("a", [1], .f32)]) == .duplicate)
  }

  @Test(arguments: [-1, 0, 3, 24, 1 << 21, 1 << 40])
  func alignmentThatIsNoPowerOfTwoIsRefused(alignment: Int) {
    #expect(refusal(alignment: alignment) == .alignment)
    #expect(refusal([ContainerFormat.alignmentKey: .uint32(UInt32(clamping: alignment))]) == .alignment)
  }

  @Test func alignmentStandsInTheMetadataUnlessItIsTheDefault() throws {
    let key = ContainerFormat.alignmentKey
    #expect(try ContainerHeader(metadata: [:], tensors: []).metadata[key] == nil)
    #expect(try ContainerHeader(metadata: [:], tensors: [], alignment: 32).metadata[key] == nil)
    #expect(try ContainerHeader(metadata: [:], tensors: [], alignment: 64).metadata[key] == .uint32(64))
    #expect(try ContainerHeader(metadata: [key: .uint32(64)], tensors: []).alignment == 64)
    let replaced = try ContainerHeader(metadata: [key: .uint32(64), "a": true], tensors: [], alignment: 32)
    #expect(replaced.alignment == 32)
    #expect(replaced.metadata.keys == [key, "a"])
    #expect(replaced.metadata[key] == .uint32(32))
    #expect(refusal([key: .uint64(32)]) == .alignment)
  }

  @Test func tensorsFollowEachOtherAligned() throws {
    let header = try ContainerHeader(
      metadata: [:], tensors: [("a", [3], .f32), ("b", [0], .f32), ("c", [256, 3], .q4_K), ("d", [1], .i8)],
      alignment: 64)
    #expect(header.tensors.map(\.offset) == [0, 64, 64, 64 + 448])
    #expect(header.tensors.map { header.paddedByteCount(of: $0) } == [64, 0, 448, 64])
    #expect(header.dataByteCount == 64 + 448 + 64)
    #expect(header.dataOffset % 64 == 0)
    #expect(header.byteRange(of: header.tensors[2]).count == 432)
  }

  @Test func canonicalBytesAreWrittenBackUnchanged() throws {
    let file = HostileFile(tensors: 1, keys: 2).entry(ContainerFormat.alignmentKey, .uint32(32))
      .entry("a", .float32(Float(bitPattern: 0xFFC0_1234))).tensor("t", [1]).padded()
    #expect(try file.zeros(4).header().encoded() == file.bytes)
  }

  @Test func paddingIsWrittenAsZeros() throws {
    let file = HostileFile(tensors: 1).tensor("t", [1])
    let dirty = file.raw([UInt8](repeating: 7, count: 32 - file.bytes.count % 32)).zeros(4)
    #expect(try dirty.header().encoded() == file.padded().bytes)
  }
}
