import Foundation
import IngotFiles
import IngotTestSupport
import SystemPackage
import Testing

@testable import IngotCheckpoints

/// Columns of matrices, read by tiles: `spec/quantized.md`, clause Q1.5.
@Suite struct TileCacheTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private static func byte(_ row: Int, _ column: Int) -> UInt8 {
    UInt8(truncatingIfNeeded: row &* 31 &+ column &* 7 &+ (row &* column) >> 5)
  }

  private func open(
    _ rows: Int, _ columns: Int
  ) throws -> (
    ByteMatrix, @Sendable (Int, UnsafeMutableRawBufferPointer) throws -> Void
  ) {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(rows * columns)
    for row in 0..<rows { for column in 0..<columns { bytes.append(Self.byte(row, column)) } }
    let path = try folder.safetensors([SourceTensor("m", "U8", [rows, columns], bytes)])
    let checkpoint = try Checkpoints.open(path)
    let tensor = checkpoint.tensors[0]
    return (ByteMatrix(tensor), { try checkpoint.read(tensor, bytes: $0..<$0 + $1.count, into: $1) })
  }

  @Test(
    arguments: [
      (3, 5), (1, 1), (17_000, 129), (40_000, 60), (5, 500_000), (16_384, 200), (700, 9_001), (300_000, 20),
      (1_000_000, 5), (2, 4_000_000),
    ])
  func anyPartOfAMatrixIsRead(rows: Int, columns: Int) throws {
    let (matrix, read) = try open(rows, columns)
    let tiles = TileCache(rows % 2 == 0 ? .quantized : .transposed)
    let (height, width) = tiles.tileSize(matrix)
    #expect(height * width <= tiles.tileByteCount && width > 0 && height > 0)
    var generator = SeededGenerator(seed: UInt64(rows))
    for _ in 0..<20 {
      let row = Int.random(in: 0..<rows, using: &generator)
      let column = Int.random(in: 0..<columns, using: &generator)
      let rowRange = row..<Int.random(in: row + 1...rows, using: &generator)
      let columnRange = column..<min(columns, column + Int.random(in: 1...64, using: &generator))
      let found = try tiles.bytes(of: matrix, rows: rowRange, columns: columnRange, read: read)
      var place = 0
      var isSame = found.count == rowRange.count * columnRange.count
      for row in rowRange {
        for column in columnRange {
          isSame = isSame && found[place] == Self.byte(row, column)
          place += 1
        }
      }
      #expect(isSame, "rows \(rowRange), columns \(columnRange)")
    }
  }

  @Test func manyThreadsReadTheSame() throws {
    let (matrix, read) = try open(20_000, 300)
    let tiles = TileCache(.transposed)
    let wrong = WrongCount()
    DispatchQueue.concurrentPerform(iterations: 64) { index in
      let column = index * 4
      let found = try? tiles.bytes(
        of: matrix, rows: 0..<20_000, columns: column..<column + 4, read: read)
      let isRight = found?.indices.allSatisfy { found?[$0] == Self.byte($0 / 4, column + $0 % 4) } ?? false
      if !isRight { wrong.add() }
    }
    #expect(wrong.value == 0)
  }

  /// A read that fails leaves nothing to be taken for values later.
  @Test func aFailedReadIsRepeated() throws {
    let (matrix, read) = try open(1000, 100)
    let tiles = TileCache(.transposed)
    let whole = try folder.bytes(of: "model.safetensors")
    try folder.truncate("model.safetensors", to: whole.count - 1)
    for _ in 0..<2 {
      #expect(throws: FileError.self) {
        try tiles.bytes(of: matrix, rows: 0..<1000, columns: 0..<1, read: read)
      }
    }
    let file = try FileDescriptor.open(folder.path("model.safetensors"), .writeOnly)
    try file.closeAfter { _ = try file.writeAll(toAbsoluteOffset: 0, whole) }
    let found = try tiles.bytes(of: matrix, rows: 0..<1000, columns: 99..<100, read: read)
    #expect(found == (0..<1000).map { Self.byte($0, 99) })
  }
}

/// Counts from many threads.
private final class WrongCount: @unchecked Sendable {
  private let lock = NSLock()
  private var count = 0
  func add() { lock.withLock { count += 1 } }
  var value: Int { lock.withLock { count } }
}
