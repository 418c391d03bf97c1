import Testing

@testable import IngotContainer

@Suite struct NameTableTests {
  @Test func everyNameIsFoundAtItsPlaceWhateverTheNumberOfNames() {
    var table = NameTable()
    func isNew(_ name: String) -> Bool { table.append(name) }
    let names = (0..<5000).map { "tensor.\($0 * 7919).weight" }
    for (index, name) in names.enumerated() {
      #expect(table.index(of: name) == nil)
      #expect(isNew(name))
      #expect(table.index(of: name) == index)
    }
    #expect(names.indices.allSatisfy { table[$0] == names[$0] && table.index(of: names[$0]) == $0 })
    #expect(table.index(of: "tensor.1.weight") == nil)
  }

  @Test func aNameThatIsThereStandsForItsLastPlace() {
    var table = NameTable()
    func isNew(_ name: String) -> Bool { table.append(name) }
    #expect(isNew("a"))
    #expect(isNew("b"))
    #expect(!isNew("a"))
    #expect(table.count == 3)
    #expect(table.index(of: "a") == 2)
    // After the table has grown too.
    for index in 0..<100 { table.append("\(index)") }
    #expect(table.index(of: "a") == 2)
  }

  @Test func namesAreComparedByteByByte() {
    var table = NameTable()
    func isNew(_ name: String) -> Bool { table.append(name) }
    #expect(isNew("\u{E9}"))
    #expect(isNew("e\u{301}"))
    #expect(isNew(""))
    #expect(table.index(of: "\u{E9}") == 0 && table.index(of: "e\u{301}") == 1 && table.index(of: "") == 2)
  }

  @Test func anEmptyTableHasNoName() {
    #expect(NameTable().index(of: "") == nil)
  }
}

@Suite struct HeaderEncodingTests {
  @Test func aHeaderIsGivenInPiecesOfTheSameBytes() throws {
    let words = MetadataArray((0..<3000).map { "word \($0)" })
    let header = try ContainerHeader(
      metadata: ["general.architecture": .string("generic"), "words": .array(words)],
      tensors: (0..<4000).map { ("t\($0)", [$0 % 5, 3], .f32) })
    var pieces: [Int] = []
    var bytes: [UInt8] = []
    header.encode {
      pieces.append($0.count)
      bytes += $0
    }
    #expect(bytes == header.encoded())
    #expect(pieces.count > 2 && pieces.allSatisfy { $0 < 128 << 10 })
    let read = try ContainerHeader(
      parsing: (bytes + [UInt8](repeating: 0, count: Int(header.dataByteCount))).span.bytes)
    #expect(read == header)
    // What is told of the places is what a reader finds.
    let located = header.located()
    for key in header.metadata.keys {
      #expect(header.metadata.offset(of: key) == nil)
      #expect(located.metadata.offset(of: key) == read.metadata.offset(of: key))
    }
  }
}
