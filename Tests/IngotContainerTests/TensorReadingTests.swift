import IngotEncodings
import Testing

@testable import IngotContainer

/// Clauses C13 to C20: the tensor table and the data section.
@Suite struct TensorReadingTests {
  private let one = HostileFile(tensors: 1)
  /// Where the number of dimensions of a tensor with a name of one byte stands.
  private let shape: UInt64 = 24 + 9

  @Test func namesAreNeitherEmptyNorHoldNUL() {
    expectRefusal(one.tensor("", [1]).zeros(64), .name, at: 24)
    expectRefusal(one.tensor("ab\0", [1]).zeros(64), .name, at: 24 + 8 + 2)
  }

  @Test func namesAreUTF8() {
    let file = one.text(bytes: [0x61, 0x80]).number(UInt32(1)).number(UInt64(1)).zeros(64)
    expectRefusal(file, .utf8, at: 24 + 8 + 1)
  }

  @Test func longNamesAreReadUpToTheLimit() throws {
    let name = String(repeating: "n", count: 64)
    let header = try one.tensor(name, [1]).padded().zeros(4).header()
    #expect(header.tensors[0].name == name)
    expectRefusal(one.tensor(String(repeating: "n", count: 65_536), [1]).zeros(64), .limit, at: 24)
    expectRefusal(one.number(UInt64.max).zeros(64), .limit, at: 24)
    expectRefusal(one.number(UInt64(100)).zeros(64), .truncated, at: 24)
  }

  @Test func duplicateNameIsRefusedWhereItOccursAgain() {
    let once = HostileFile(tensors: 2).tensor("t", [8])
    expectRefusal(once.tensor("t", [8], at: 32).padded().zeros(64), .duplicate, at: once.end, .tensor("t"))
  }

  @Test func canonicallyEquivalentNamesAreDifferentTensors() throws {
    let (composed, decomposed) = ("\u{E9}", "e\u{301}")
    let header = try HostileFile(tensors: 2).tensor(composed, [8]).tensor(decomposed, [4], at: 32)
      .padded().zeros(64).header()
    #expect(header.tensor(named: composed)?.dimensions == [8])
    #expect(header.tensor(named: decomposed)?.dimensions == [4])
    #expect(header.index(ofTensor: decomposed) == 1)
  }

  @Test(arguments: [5, 1 << 31, .max] as [UInt32])
  func moreThanFourDimensionsAreRefused(count: UInt32) {
    expectRefusal(one.text("t").number(count).zeros(64), .dimensions, at: shape, .tensor("t"))
  }

  @Test func tensorWithoutDimensionsHasOneElement() throws {
    let tensor = try one.tensor("t", []).padded().zeros(4).header().tensors[0]
    #expect((tensor.elementCount, tensor.byteCount, tensor.rowLength, tensor.rowCount) == (1, 4, 1, 1))
    expectRefusal(one.tensor("t", [], Encoding.q4_0.id).zeros(64), .block, at: shape)
  }

  @Test(arguments: [1 << 63, .max] as [UInt64])
  func dimensionBeyond63BitsIsRefused(dimension: UInt64) {
    expectRefusal(one.tensor("t", [1, dimension]).zeros(64), .dimensions, at: shape + 4 + 8)
  }

  @Test func productThatDoesNotFitIsRefused() {
    expectRefusal(one.tensor("t", [1 << 32, 1 << 32]).zeros(64), .overflow, at: shape + 4 + 8)
    expectRefusal(
      one.tensor("t", [1 << 16, 1 << 16, 1 << 16, 1 << 16]).zeros(64), .overflow, at: shape + 4 + 24)
    expectRefusal(one.tensor("t", [1 << 62, 4, 0]).zeros(64), .overflow, at: shape + 4 + 8)
    expectRefusal(one.tensor("t", [0, 1 << 62, 4]).zeros(64), .overflow, at: shape + 4 + 16)
  }

  @Test func sizeInBytesThatDoesNotFitIsRefused() {
    expectRefusal(one.tensor("t", [1 << 62]).zeros(64), .overflow, at: shape)
    expectRefusal(one.tensor("t", [1 << 61]).zeros(64), .overflow, at: shape)
    expectRefusal(one.tensor("t", [1 << 60, 1], Encoding.f64.id).zeros(64), .overflow, at: shape)
    let two = HostileFile(tensors: 2).tensor("t", [1 << 60])
    expectRefusal(two.tensor("u", [1 << 60], at: 1 << 62).zeros(64), .overflow, at: two.end + 9)
  }

  @Test func zeroDimensionTakesNoBytes() throws {
    let header = try HostileFile(tensors: 3).tensor("t", [0]).tensor("u", [32, 0], Encoding.q4_0.id)
      .tensor("v", [2]).padded().zeros(8).header()
    #expect(header.tensors.map(\.byteCount) == [0, 0, 8])
    #expect(header.tensors.map(\.offset) == [0, 0, 0])
    #expect(header.tensors[1].rowCount == 0)
  }

  @Test(arguments: [4, 5, 31, 32, 33, 36, 37, 38, 43, .max] as [UInt32])
  func removedAndUnknownEncodingsAreRefused(id: UInt32) {
    expectRefusal(one.tensor("t", [256], id).zeros(2048), .encoding, at: shape + 4 + 8)
  }

  @Test(arguments: Encoding.allCases)
  func firstDimensionIsWholeBlocks(encoding: Encoding) throws {
    let block = encoding.elementsPerBlock
    let file = one.tensor("t", [UInt64(block), 2], encoding.id).padded().zeros(2 * encoding.bytesPerBlock)
    #expect(try file.header().tensors[0].byteCount == 2 * encoding.bytesPerBlock)
    guard block > 1 else { return }
    // The number of elements is a multiple of the block, but a row is not.
    let halves = one.tensor("t", [UInt64(block / 2), 2], encoding.id).zeros(4096)
    expectRefusal(halves, .block, at: shape + 4)
  }

  /// The second tensor should be at 32: within the first, unaligned, overlapping it, after a gap, far away.
  @Test(arguments: [0, 4, 31, 33, 64, 1 << 63, .max] as [UInt64])
  func offsetOtherThanTheRunningSumIsRefused(offset: UInt64) {
    let file = HostileFile(tensors: 2).tensor("t", [8]).tensor("u", [8], at: offset)
    expectRefusal(file.padded().zeros(256), .offset, at: file.end - 8, .tensor("u"))
  }

  @Test func tensorsOutOfOrderAreRefused() {
    let file = HostileFile(tensors: 2).tensor("t", [8], at: 32)
    expectRefusal(file.tensor("u", [8], at: 0).padded().zeros(256), .offset, at: file.end - 8)
  }

  @Test func dataPastTheEndOfTheFileIsRefused() throws {
    let table = HostileFile(tensors: 2).tensor("t", [8]).tensor("u", [8], at: 32)
    let whole = table.padded().zeros(64)
    #expect(try whole.header().bodyByteCount == whole.end)
    for missing in 1...(table.padded().bytes.count - table.bytes.count + 64) {
      let cut = HostileFile(raw: Array(whole.bytes.dropLast(missing)))
      expectRefusal(
        cut, .bounds, at: missing <= 32 ? table.end - 8 : table.end - 8 - (9 + 4 + 8 + 4 + 8),
        .tensor(missing <= 32 ? "u" : "t"))
    }
  }

  @Test func missingFinalPaddingAndTrailingBytesAreAccepted() throws {
    let data = HostileFile(tensors: 1).tensor("t", [1]).padded().zeros(4)
    let header = try data.header()
    #expect(header.bodyByteCount == data.end + 28)
    #expect(try data.zeros(1000).header() == header)
  }

  @Test func aHugeTensorInATinyFileIsOutOfBounds() {
    expectRefusal(one.tensor("t", [1 << 60]).padded(), .bounds, at: shape + 4 + 8 + 4)
  }
}
