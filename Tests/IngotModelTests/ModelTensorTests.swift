import IngotContainer
import IngotEncodings
import IngotFiles
import IngotTestSupport
import SystemPackage
import Testing

@testable import IngotModel

@Suite struct ModelTensorTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private func open(_ fixture: Fixture, _ access: ModelFile.Access = .mapped) throws -> ModelFile {
    try ModelFile(opening: try fixture.write(to: "a.gguf", in: folder), access: access)
  }

  @Test(arguments: ModelFile.Access.allCases)
  func everyEncodingDecodesAsItsCodecDoes(access: ModelFile.Access) throws {
    let fixture = try Fixture.everyEncoding()
    let model = try open(fixture, access)
    #expect(model.tensors.count == fixture.header.tensors.count)
    for (index, tensor) in model.tensors.enumerated() {
      let expected = try fixture.values(of: index).bits
      #expect(tensor.rowCount == 6 && tensor.rowLength * 6 == tensor.elementCount)
      #expect(try tensor.bits(rows: 0..<6) == expected, "\(tensor.name)")
      for row in 0..<6 {
        let range = row * tensor.rowLength..<(row + 1) * tensor.rowLength
        #expect(try tensor.bits(rows: row..<row + 1) == Array(expected[range]), "\(tensor.name)")
      }
      // From the middle of a row to the middle of another.
      let perBlock = tensor.encoding.elementsPerBlock
      let range = perBlock..<tensor.elementCount - perBlock
      var values = [Float](repeating: 0, count: range.count)
      var span = values.mutableSpan
      try tensor.decode(elements: range, into: &span)
      #expect(values.bits == Array(expected[range]), "\(tensor.name)")
    }
  }

  @Test(arguments: ModelFile.Access.allCases)
  func tensorLargerThanTheBufferOfPositionalReadsDecodes(access: ModelFile.Access) throws {
    // 18 bytes a block do not divide 64 KiB, and the last part is a short one.
    let fixture = try Fixture([("a", [32 * 100, 100], .q4_0)])
    let tensor = try #require(try open(fixture, access).tensor("a"))
    #expect(try tensor.bits(rows: 0..<100) == fixture.values(of: 0).bits)
  }

  @Test func shapesGiveRows() throws {
    let model = try open(
      Fixture([
        ("vector", [5], .f32), ("matrix", [2, 3], .f32), ("stack", [2, 3, 4, 5], .f32),
        ("empty", [0, 7], .f32),
        ("none", [4, 0], .f32),
      ]))
    #expect(model.tensors.map(\.rowLength) == [5, 2, 2, 0, 4])
    #expect(model.tensors.map(\.rowCount) == [1, 3, 60, 7, 0])
    #expect(model.tensors.map(\.rowByteCount) == [20, 8, 8, 0, 16])
    for tensor in model.tensors { #expect(try tensor.values().count == tensor.elementCount) }
  }

  @Test(arguments: ModelFile.Access.allCases)
  func tensorWithoutBytesPastTheEndOfTheFileDecodes(access: ModelFile.Access) throws {
    // The padding after the first tensor is missing, and the second one would start after it.
    let fixture = try Fixture([("a", [1], .f32), ("b", [0, 2], .f32)])
    let path = try fixture.write(to: "a.gguf", in: folder)
    try folder.truncate("a.gguf", to: Int(fixture.header.dataOffset) + 4)
    let tensor = try #require(try ModelFile(opening: path, access: access).tensor("b"))
    #expect(try tensor.values() == [])
    #expect(try tensor.withBlocks(rows: 0..<2) { $0.byteCount } == 0)
  }

  @Test(arguments: ModelFile.Access.allCases)
  func rowsOutsideTheTensorAreAnError(access: ModelFile.Access) throws {
    let fixture = try Fixture([("a", [32, 3], .q4_0)])
    let tensor = try #require(try open(fixture, access).tensor("a"))
    for rows in [-1..<1, 0..<4, 4..<4, 3..<Int.max, Int.min..<Int.max] {
      let expected = ModelError(.rows(rows, count: 3), folder.path("a.gguf"), tensor: "a")
      #expect(throws: expected) { try tensor.values(rows: rows) }
      #expect(throws: expected) { try tensor.withBlocks(rows: rows) { _ in } }
      #expect(expected.code == "ROWS")
    }
    #expect(try tensor.values(rows: 3..<3) == [])
  }

  @Test func elementsThatAreNoWholeBlocksAreAnError() throws {
    let tensor = try #require(try open(Fixture([("a", [64, 3], .q4_0)])).tensor("a"))
    for elements in [-32..<32, 1..<33, 0..<33, 0..<224, 0..<Int.max] {
      let error = #expect(throws: ModelError.self) {
        var values: [Float] = []
        var span = values.mutableSpan
        try tensor.decode(elements: elements, into: &span)
      }
      #expect(error?.code == "ELEMENTS")
      #expect(error?.cause == .elements(elements, count: 192, elementsPerBlock: 32))
    }
  }

  @Test(arguments: ModelFile.Access.allCases)
  func blocksAreTheStoredBytes(access: ModelFile.Access) throws {
    let fixture = try Fixture([("pad", [3], .f32), ("a", [64, 3], .q4_0)])
    let tensor = try #require(try open(fixture, access).tensor("a"))
    let rows = try tensor.withBlocks(rows: 1..<3) { $0.withUnsafeBytes { Array($0) } }
    #expect(rows == Array(fixture.blocks[1][36...]))
    var bytes = [UInt8](repeating: 0, count: 10)
    try bytes.withUnsafeMutableBytes { try tensor.read(bytes: 5..<15, into: $0) }
    #expect(bytes == Array(fixture.blocks[1][5..<15]))
    for range in [-1..<9, 99..<109] {
      #expect(throws: ModelError(.bytes(range, count: 108), folder.path("a.gguf"), tensor: "a")) {
        try bytes.withUnsafeMutableBytes { try tensor.read(bytes: range, into: $0) }
      }
    }
  }

  @Test func mappedBlocksAreNotCopied() throws {
    let tensor = try #require(try open(Fixture([("a", [64, 3], .q4_0)])).tensor("a"))
    func address(_ rows: Range<Int>) throws -> UInt {
      try tensor.withBlocks(rows: rows) { $0.withUnsafeBytes { UInt(bitPattern: $0.baseAddress) } }
    }
    let first = try address(0..<3)
    #expect(try address(0..<1) == first)
    #expect(try address(2..<3) == first + 72)
    #expect(first.isMultiple(of: 32))
  }

  @Test(arguments: ModelFile.Access.allCases)
  func errorsOfTheBodyPassThrough(access: ModelFile.Access) throws {
    let tensor = try #require(try open(Fixture([("a", [64, 3], .q4_0)]), access).tensor("a"))
    #expect(throws: Errno.canceled) { try tensor.withBlocks(rows: 0..<1) { _ in throw Errno.canceled } }
  }

  @Test(arguments: ModelFile.Access.allCases)
  func manyThreadsDecodeAtOnce(access: ModelFile.Access) async throws {
    let fixture = try Fixture([("a", [256, 64], .q4_0), ("b", [256, 64], .f16)])
    let model = try open(fixture, access)
    let expected = try fixture.header.tensors.indices.map { try fixture.values(of: $0).bits }
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for task in 0..<16 {
        group.addTask {
          var random = SeededGenerator(seed: UInt64(task))
          for _ in 0..<50 {
            let index = Int.random(in: 0..<2, using: &random)
            let row = Int.random(in: 0..<64, using: &random)
            let bits = try model.tensors[index].bits(rows: row..<row + 1)
            if bits != Array(expected[index][row * 256..<(row + 1) * 256]) { return false }
          }
          return true
        }
      }
      for try await isRight in group { #expect(isRight) }
    }
  }

  @Test(arguments: ModelFile.Access.allCases)
  func cutFileIsShrunkAndNoCrash(access: ModelFile.Access) throws {
    // More than a page, so that the lost bytes are no longer mapped.
    let fixture = try Fixture([("a", [1024, 64], .f32)])
    let tensor = try #require(try open(fixture, access).tensor("a"))
    try folder.truncate("a.gguf", to: 4096)
    let last = #expect(throws: ModelError.self) { try tensor.values(rows: 63..<64) }
    #expect(last?.code == "SHRUNK" && last?.path == folder.path("a.gguf"))
    let lent = #expect(throws: ModelError.self) { try tensor.withBlocks(rows: 63..<64) { _ in } }
    #expect(lent?.code == "SHRUNK")
    var bytes = [UInt8](repeating: 0, count: 4)
    let read = #expect(throws: ModelError.self) {
      try bytes.withUnsafeMutableBytes { try tensor.read(bytes: 200_000..<200_004, into: $0) }
    }
    #expect(read?.code == "SHRUNK")
  }
}
