import IngotCheckpoints
import Testing

@Suite struct NPYHeaderTests {
  @Test(
    arguments: [
      (.float32, [2, 3], "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }"),
      (.float16, [7], "{'descr': '<f2', 'fortran_order': False, 'shape': (7,), }"),
      (.bool, [], "{'descr': '|b1', 'fortran_order': False, 'shape': (), }"),
      (.complex64, [0, 1, 2], "{'descr': '<c8', 'fortran_order': False, 'shape': (0, 1, 2), }"),
    ] as [(ElementType, [Int], String)])
  func headerIsTextInAFrameOfSixtyFours(type: ElementType, shape: [Int], text: String) throws {
    let bytes = try #require(NPYHeader.bytes(type: type, shape: shape))
    #expect(bytes.count.isMultiple(of: 64))
    #expect(Array(bytes.prefix(8)) == [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 1, 0])
    #expect(Int(bytes[8]) | Int(bytes[9]) << 8 == bytes.count - 10)
    #expect(bytes.last == 0x0A)
    let padding = bytes.count - 11 - text.utf8.count
    #expect(
      String(decoding: bytes[10...].dropLast(), as: UTF8.self) == text
        + String(repeating: " ", count: padding))
    #expect(padding < 64)
  }

  @Test func aLongShapeTakesVersionTwo() throws {
    let bytes = try #require(NPYHeader.bytes(type: .uint8, shape: [Int](repeating: 1_000_000, count: 8_000)))
    #expect(Array(bytes[6..<8]) == [2, 0])
    let length = (0..<4).reduce(0) { $0 | Int(bytes[8 + $1]) << (8 * $1) }
    #expect(length == bytes.count - 12)
    #expect(bytes.count.isMultiple(of: 64))
  }

  @Test func typesThatNumPyLacksHaveNoHeader() {
    let without = ElementType.plainTypes.filter { NPYHeader.bytes(type: $0, shape: []) == nil }
    #expect(
      without.map(\.name).allSatisfy {
        $0 == "BF16" || $0.hasPrefix("F8") || $0.hasPrefix("F6") || $0 == "F4"
      })
    #expect(without.count == 9)
    #expect(NPYHeader.bytes(type: .blocks(.q4_0), shape: [32]) == nil)
  }
}
