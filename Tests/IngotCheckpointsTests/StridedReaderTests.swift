import IngotTestSupport
import Testing

@testable import IngotCheckpoints

/// Views of storages: clauses P6.5 and A4.3.
struct StridedReaderTests {
  /// The bytes of a view, element by element.
  private static func plain(
    _ storage: [UInt8], _ shape: [Int], _ view: TensorView, _ type: ElementType
  ) -> [UInt8] {
    let size = type.byteCount(elements: 1) ?? 1
    var result: [UInt8] = []
    for element in 0..<shape.reduce(1, *) {
      var (rest, place) = (element, 0)
      for (count, stride) in zip(shape, view.strides).reversed() {
        place += rest % count * stride
        rest /= count
      }
      let bytes = storage[place * size..<(place + 1) * size]
      let width = type.numberByteCount
      for start in stride(from: 0, to: size, by: width) {
        let number = bytes.dropFirst(start).prefix(width)
        result += view.isBigEndian ? Array(number.reversed()) : Array(number)
      }
    }
    return result
  }

  @Test func anyRangeOfAnyViewIsGatheredInRowMajorOrder() throws {
    var generator = SeededGenerator(seed: 21)
    let types: [ElementType] = [.uint8, .bfloat16, .float32, .int64, .complex64]
    let storage = (0..<40_000).map { _ in UInt8.random(in: 0...255, using: &generator) }
    for _ in 0..<400 {
      let type = types.randomElement(using: &generator) ?? .uint8
      let shape = (0..<Int.random(in: 0...5, using: &generator)).map { _ in
        Int.random(in: 1...6, using: &generator)
      }
      var strides = TensorView.contiguousStrides(shape).map {
        Int.random(in: 0...9, using: &generator) == 0 ? 0 : $0 * Int.random(in: 1...2, using: &generator)
      }
      if !strides.isEmpty, Bool.random(using: &generator) { strides.shuffle(using: &generator) }
      let size = type.byteCount(elements: 1) ?? 1
      let last = zip(shape, strides).reduce(0) { $0 + ($1.0 - 1) * $1.1 }
      guard (last + 1) * size <= storage.count else { continue }
      let view = TensorView(
        storage: 0, start: 0, strides: strides, isBigEndian: .random(using: &generator))
      let expected = Self.plain(storage, shape, view, type)
      let tiles = StridedReader.Tiles(
        cache: TileCache(.transposed), name: "t", isSequential: .random(using: &generator))
      let reader = StridedReader(
        shape: shape, view: view, type: type, tiles: .random(using: &generator) ? tiles : nil
      ) { offset, buffer in
        #expect(offset >= 0 && offset + buffer.count <= (last + 1) * size)
        buffer.copyBytes(from: storage[offset..<offset + buffer.count])
      }
      for _ in 0..<4 {
        let lower = Int.random(in: 0..<expected.count, using: &generator)
        let range = lower..<Int.random(in: lower + 1...expected.count, using: &generator)
        var bytes = [UInt8](repeating: 0, count: range.count)
        try bytes.withUnsafeMutableBytes { try reader.read(bytes: range, into: $0) }
        #expect(bytes == Array(expected[range]), "\(shape) \(strides) \(type) \(range)")
      }
    }
  }

  @Test func elementsThatLieTogetherAreReadAtOnceAndOthersByThemselves() throws {
    var reads: [Int] = []
    let (rows, columns) = (64, 50_000)
    // A matrix of columns: each row of the result has one element of every column.
    let near = TensorView(storage: 0, start: 0, strides: [1, rows], isBigEndian: false)
    let reader = StridedReader(shape: [rows, columns], view: near, type: .float32) {
      reads.append($1.count)
      $1.initializeMemory(as: UInt8.self, repeating: 0)
    }
    var row = [UInt8](repeating: 0, count: columns * 4)
    try row.withUnsafeMutableBytes { try reader.read(bytes: 0..<columns * 4, into: $0) }
    #expect(reads.count <= 50 && reads.allSatisfy { $0 <= 1 << 18 })

    reads = []
    let far = TensorView(storage: 0, start: 0, strides: [1, 1 << 20], isBigEndian: false)
    let other = StridedReader(shape: [rows, 100], view: far, type: .float32) {
      reads.append($1.count)
      $1.initializeMemory(as: UInt8.self, repeating: 0)
    }
    var bytes = [UInt8](repeating: 0, count: rows * 100 * 4)
    try bytes.withUnsafeMutableBytes { try other.read(bytes: 0..<rows * 100 * 4, into: $0) }
    // Of all rows one read a column.
    #expect(reads == [Int](repeating: rows * 4, count: 100))
  }

  /// Strides of 0 within and around others: what they repeat is read once for a range.
  @Test(arguments: [
    ([70_000], [0]), ([70_000, 1], [0, 1]), ([300, 400], [0, 1]), ([300, 400], [1, 0]),
    ([5, 300, 7], [0, 3, 0]),
    ([4, 30, 5, 20], [60, 0, 2, 0]), ([3, 40, 50], [0, 1, 40]), ([2, 3, 2, 3], [0, 1, 0, 1]),
  ])
  func whatIsRepeatedIsReadOnce(shape: [Int], strides: [Int]) throws {
    let extent = zip(shape, strides).reduce(1) { $0 + ($1.0 - 1) * $1.1 }
    for type in [ElementType.uint8, .bfloat16, .float32, .int64] {
      let size = type.byteCount(elements: 1) ?? 1
      let storage = (0..<extent * size).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ $0 >> 8) }
      let view = TensorView(storage: 0, start: 0, strides: strides, isBigEndian: size == 2)
      var readCount = 0
      let reader = StridedReader(shape: shape, view: view, type: type) { offset, buffer in
        readCount += buffer.count
        buffer.copyBytes(from: storage[offset..<offset + buffer.count])
      }
      let expected = Self.plain(storage, shape, view, type)
      var bytes = [UInt8](repeating: 0, count: expected.count)
      try bytes.withUnsafeMutableBytes { try reader.read(bytes: 0..<expected.count, into: $0) }
      #expect(bytes == expected)
      #expect(readCount <= extent * size)
    }
  }

  /// Of dimensions in another order large pieces of the result are made, so that the storage is read a few times in all.
  @Test(arguments: [[2, 1, 0], [1, 2, 0], [2, 0, 1], [3, 2, 1, 0], [3, 2, 0, 1], [1, 0, 3, 2]])
  func dimensionsInAnyOrderAreReadAFewTimes(order: [Int]) throws {
    let counts = order.count == 3 ? [120, 101, 90] : [9, 48, 41, 60]
    let strides = TensorView.contiguousStrides(counts)
    let shape = order.map { counts[$0] }
    let (total, size) = (counts.reduce(1, *), 4)
    let storage = (0..<total * size).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ $0 >> 9) }
    let view = TensorView(
      storage: 0, start: 0, strides: order.map { strides[$0] }, isBigEndian: order[0] == 1)
    for isSequential in [false, true] {
      var readCount = 0
      let reader = StridedReader(
        shape: shape, view: view, type: .float32,
        tiles: .init(cache: TileCache(.transposed), name: "t", isSequential: isSequential)
      ) { offset, buffer in
        readCount += buffer.count
        buffer.copyBytes(from: storage[offset..<offset + buffer.count])
      }
      var bytes = [UInt8](repeating: 0, count: total * size)
      // As a conversion reads it, in units of some rows, and one that cuts a number.
      for start in stride(from: 0, to: bytes.count, by: 50_001) {
        let range = start..<min(bytes.count, start + 50_001)
        try bytes.withUnsafeMutableBytes {
          try reader.read(bytes: range, into: UnsafeMutableRawBufferPointer(rebasing: $0[range]))
        }
      }
      #expect(bytes == Self.plain(storage, shape, view, .float32), "\(order)")
      #expect(readCount <= 5 * storage.count, "\(order): \(readCount / storage.count) times")
    }
  }

  /// Pieces of transposed matrices of which no tile holds all, in any order and by several threads.
  @Test(arguments: [(3000, 700, 1, 4), (700, 3000, 2, 8), (2100, 900, 3, 2), (5000, 1000, 1, 1)])
  func transposedMatricesAreReadByTiles(rows: Int, columns: Int, matrices: Int, size: Int) throws {
    let types: [Int: ElementType] = [1: .uint8, 2: .bfloat16, 4: .float32, 8: .int64]
    let type = try #require(types[size])
    // Between the rows of the storage stand seven elements of others.
    let (pitch, shape) = (columns + 7, [matrices, columns, rows])
    let view = TensorView(
      storage: 0, start: 0, strides: [rows * pitch, 1, pitch], isBigEndian: size == 2)
    func byte(_ offset: Int) -> UInt8 { UInt8(truncatingIfNeeded: offset &* 167 &+ offset >> 9) }
    let count = matrices * rows * pitch * size
    let storage = (0..<count).map(byte)
    let tiles = StridedReader.Tiles(
      cache: TileCache(.transposed), name: "t", isSequential: rows % 200 == 0)
    let reader = StridedReader(shape: shape, view: view, type: type, tiles: tiles) { offset, buffer in
      buffer.copyBytes(from: storage[offset..<offset + buffer.count])
    }
    var generator = SeededGenerator(seed: UInt64(rows))
    let byteCount = matrices * columns * rows * size
    for _ in 0..<30 {
      let start = Int.random(in: 0..<byteCount, using: &generator)
      let range = start..<min(byteCount, start + Int.random(in: 1...60_000, using: &generator))
      var bytes = [UInt8](repeating: 0, count: range.count)
      try bytes.withUnsafeMutableBytes { try reader.read(bytes: range, into: $0) }
      let isSame = range.allSatisfy { place in
        let (element, part) = place.quotientAndRemainder(dividingBy: size)
        let (column, row) = (element / rows % columns, element % rows)
        let from = (element / rows / columns * rows + row) * pitch + column
        return bytes[place - start] == storage[from * size + (size == 2 ? 1 - part : part)]
      }
      #expect(isSame, "\(range)")
    }
  }
}
