import IngotEncodings
import IngotFiles
import IngotModel
import IngotTestSupport
import Testing

/// Products and 16-bit values of tensors: the codecs' own, for each way of access.
@Suite struct ModelTensorProductTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func open(_ fixture: Fixture, _ access: ModelFile.Access) throws -> ModelFile {
    try ModelFile(opening: fixture.write(to: "a.gguf", in: folder), access: access)
  }

  private func vector(_ count: Int) -> [Float] { (0..<count).map { Float($0 * 7919 % 101) - 50 } }

  private func bits(_ value: Float) -> UInt32 { value.isNaN ? 0x7FC0_0000 : value.bitPattern }

  // E41
  @Test(arguments: ModelFile.Access.allCases)
  func productsAreThoseOfTheCodec(access: ModelFile.Access) throws {
    let fixture = try Fixture.everyEncoding()
    let model = try open(fixture, access)
    for (index, tensor) in model.tensors.enumerated() {
      let vector = vector(tensor.rowLength)
      let quantized = QuantizedVector(vector.span)
      let size = tensor.rowByteCount
      let expected = try (0..<tensor.rowCount).map { row in
        let blocks = Array(fixture.blocks[index][row * size..<(row + 1) * size])
        return try tensor.encoding.dot(blocks.span.bytes, with: quantized)
      }
      for row in 0..<tensor.rowCount {
        #expect(bits(try tensor.dot(row: row, with: quantized)) == bits(expected[row]), "\(tensor.encoding)")
        #expect(bits(try tensor.dot(row: row, with: vector.span)) == bits(expected[row]))
      }
      var products = [Float](repeating: -1, count: tensor.rowCount)
      var all = products.mutableSpan
      try tensor.multiply(quantized, into: &all)
      #expect(products.map(bits) == expected.map(bits), "\(tensor.encoding)")
      var some = [Float](repeating: -1, count: 2)
      var part = some.mutableSpan
      try tensor.multiply(quantized, rows: 1..<3, into: &part)
      #expect(some.map(bits) == expected[1..<3].map(bits), "\(tensor.encoding)")
    }
  }

  // More rows than a buffer of positional access holds.
  @Test(arguments: ModelFile.Access.allCases)
  func largeMatricesMultiplyPartByPart(access: ModelFile.Access) throws {
    let fixture = try Fixture([("a", [4096, 70], .q4_0), ("b", [65_536, 3], .f16)])
    let model = try open(fixture, access)
    for tensor in model.tensors {
      let quantized = QuantizedVector(vector(tensor.rowLength).span)
      var products = [Float](repeating: -1, count: tensor.rowCount)
      var all = products.mutableSpan
      try tensor.multiply(quantized, into: &all)
      for row in 0..<tensor.rowCount {
        #expect(bits(products[row]) == bits(try tensor.dot(row: row, with: quantized)))
      }
    }
  }

  @Test(arguments: ModelFile.Access.allCases)
  func emptyTensorsHaveProducts(access: ModelFile.Access) throws {
    let model = try open(Fixture([("empty", [0, 7], .f32), ("none", [4, 0], .f32)]), access)
    var products = [Float](repeating: -1, count: 7)
    var span = products.mutableSpan
    let none: [Float] = []
    try model.tensors[0].multiply(QuantizedVector(none.span), into: &span)
    #expect(products == [0, 0, 0, 0, 0, 0, 0])
    #expect(try model.tensors[0].dot(row: 6, with: none.span) == 0)
    var nothing: [Float] = []
    var empty = nothing.mutableSpan
    try model.tensors[1].multiply(QuantizedVector(vector(4).span), into: &empty)
  }

  // E2.10
  @Test(arguments: ModelFile.Access.allCases)
  func valuesOf16BitsAreThoseOfTheCodec(access: ModelFile.Access) throws {
    let fixture = try Fixture.everyEncoding()
    let model = try open(fixture, access)
    for (index, tensor) in model.tensors.enumerated() {
      let size = tensor.rowByteCount
      let blocks = Array(fixture.blocks[index][size..<3 * size])
      for format in NarrowFormat.allCases {
        var expected = [UInt16](repeating: 0, count: 2 * tensor.rowLength)
        var found = expected
        var span = expected.mutableSpan
        try tensor.encoding.decode(blocks.span.bytes, as: format, into: &span)
        var rows = found.mutableSpan
        try tensor.decode(rows: 1..<3, as: format, into: &rows)
        #expect(found == expected, "\(tensor.encoding), \(format)")
        #if !((os(macOS) || targetEnvironment(macCatalyst)) && arch(x86_64))
          if format == .float16 {
            var halves = [Float16](repeating: 0, count: 2 * tensor.rowLength)
            var values = halves.mutableSpan
            try tensor.decode(rows: 1..<3, into: &values)
            #expect(halves.map(\.bitPattern) == expected, "\(tensor.encoding)")
          }
        #endif
      }
    }
  }

  @Test(arguments: ModelFile.Access.allCases)
  func rowsOutsideTheTensorAreAnError(access: ModelFile.Access) throws {
    let tensor = try #require(try open(Fixture([("a", [32, 3], .q4_0)]), access).tensor("a"))
    let quantized = QuantizedVector(vector(32).span)
    for row in [-1, 3, Int.max, Int.min] {
      let error = #expect(throws: ModelError.self) { try tensor.dot(row: row, with: quantized) }
      #expect(error?.code == "ROWS" && error?.tensor == "a")
    }
    for rows in [-1..<1, 0..<4, 3..<Int.max] {
      let error = #expect(throws: ModelError.self) {
        var products: [Float] = []
        var span = products.mutableSpan
        try tensor.multiply(quantized, rows: rows, into: &span)
      }
      #expect(error?.code == "ROWS")
      let narrow = #expect(throws: ModelError.self) {
        var bits: [UInt16] = []
        var span = bits.mutableSpan
        try tensor.decode(rows: rows, as: .bfloat16, into: &span)
      }
      #expect(narrow?.code == "ROWS")
    }
  }

  @Test(arguments: ModelFile.Access.allCases)
  func cutFileIsShrunkAndNoCrash(access: ModelFile.Access) throws {
    let fixture = try Fixture([("a", [1024, 64], .f32)])
    let tensor = try #require(try open(fixture, access).tensor("a"))
    try folder.truncate("a.gguf", to: 4096)
    let error = #expect(throws: ModelError.self) { try tensor.dot(row: 63, with: self.vector(1024).span) }
    #expect(error?.code == "SHRUNK")
  }

  // Threads that share a tensor and a vector.
  @Test(arguments: ModelFile.Access.allCases)
  func manyThreadsMultiplyAtOnce(access: ModelFile.Access) async throws {
    let tensor = try #require(try open(Fixture([("a", [256, 64], .q6_K)]), access).tensor("a"))
    let quantized = QuantizedVector(vector(256).span)
    let expected = try (0..<64).map { bits(try tensor.dot(row: $0, with: quantized)) }
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for task in 0..<8 {
        group.addTask {
          for round in 0..<64 {
            let row = (round * 13 + task) % 64
            let product = try tensor.dot(row: row, with: quantized)
            if (product.isNaN ? 0x7FC0_0000 : product.bitPattern) != expected[row] { return false }
          }
          return true
        }
      }
      for try await isRight in group { #expect(isRight) }
    }
  }
}
