import Synchronization

/// A matrix of bytes whose columns are wanted: a tensor of so many rows of so many bytes.
struct ByteMatrix: Sendable {
  let tensor: CheckpointTensor
  let rowCount: Int
  let rowByteCount: Int

  /// - Precondition: The tensor has two dimensions, and whole bytes a row.
  init(_ tensor: CheckpointTensor) {
    precondition(tensor.shape.count == 2, "not a matrix")
    self.tensor = tensor
    rowCount = tensor.shape[0]
    rowByteCount = rowCount == 0 ? 0 : tensor.byteCount / rowCount
  }
}

/// Pieces of matrices that were read last.
///
/// Some rows of a result that is stored transposed take a few bytes of every row of the file. The neighbours of these bytes are
/// wanted next, by this thread or another, so a tile as high as the matrix, or nearly, is read at once and kept for a while. Memory
/// is that of a few tiles, whatever the size of the matrices.
///
/// Specification: `spec/quantized.md`, clause Q1.5.
final class TileCache: Sendable {
  /// The most bytes of a tile.
  static let tileByteCount = 2 << 20
  /// The most rows of a tile of a matrix that is larger than one; then at least 128 bytes of each are read together.
  static let tileRowCount = 16_384
  /// The most bytes of all tiles that are kept.
  static let byteCount = 12 << 20

  private struct Key: Hashable {
    let row, column: Int
    /// Views of one storage may begin at the same place.
    let tensor: String
  }

  /// A tile, read by the first that asks for it; the others wait.
  private final class Tile: Sendable {
    private let bytes = Mutex<[UInt8]?>(nil)

    func bytes(_ read: () throws -> [UInt8]) throws -> [UInt8] {
      try bytes.withLock { bytes in
        if let bytes { return bytes }
        let new = try read()
        bytes = new
        return new
      }
    }
  }

  private struct Entry {
    let key: Key
    let byteCount: Int
    let tile: Tile
  }

  /// The tiles, the one used last at the end.
  private let entries = Mutex<[Entry]>([])

  /// The bytes of some columns of some rows, row after row.
  ///
  /// - Precondition: Rows and columns are within the matrix.
  /// - Complexity: O(*n*) in the bytes that are returned, and the reading of the tiles that are not held.
  func bytes(
    of matrix: ByteMatrix, rows: Range<Int>, columns: Range<Int>, from checkpoint: any Checkpoint
  ) throws -> [UInt8] {
    if rows.isEmpty || columns.isEmpty { return [] }
    let (height, width) = Self.tileSize(matrix)
    var result = [UInt8](repeating: 0, count: rows.count * columns.count)
    for row in rows.lowerBound / height...(rows.upperBound - 1) / height {
      let tileRows = row * height..<min((row + 1) * height, matrix.rowCount)
      for column in columns.lowerBound / width...(columns.upperBound - 1) / width {
        let tileColumns = column * width..<min((column + 1) * width, matrix.rowByteCount)
        let tile = try tile(matrix, tileRows, tileColumns, from: checkpoint)
        let (wantedRows, wantedColumns) = (rows.clamped(to: tileRows), columns.clamped(to: tileColumns))
        result.withUnsafeMutableBytes { result in
          tile.withUnsafeBytes { tile in
            var from =
              (wantedRows.lowerBound - tileRows.lowerBound) * tileColumns.count
              + wantedColumns.lowerBound - tileColumns.lowerBound
            var to =
              (wantedRows.lowerBound - rows.lowerBound) * columns.count
              + wantedColumns.lowerBound - columns.lowerBound
            for _ in wantedRows {
              UnsafeMutableRawBufferPointer(rebasing: result[to..<to + wantedColumns.count])
                .copyMemory(from: UnsafeRawBufferPointer(rebasing: tile[from..<from + wantedColumns.count]))
              from += tileColumns.count
              to += columns.count
            }
          }
        }
      }
    }
    return result
  }

  /// The rows and bytes a row of a tile.
  static func tileSize(_ matrix: ByteMatrix) -> (rows: Int, bytes: Int) {
    if matrix.tensor.byteCount <= tileByteCount { return (matrix.rowCount, matrix.rowByteCount) }
    let rows = min(matrix.rowCount, tileRowCount)
    return (rows, min(tileByteCount / rows / 64 * 64, matrix.rowByteCount))
  }

  private func tile(
    _ matrix: ByteMatrix, _ rows: Range<Int>, _ columns: Range<Int>, from checkpoint: any Checkpoint
  ) throws -> [UInt8] {
    let key = Key(row: rows.lowerBound, column: columns.lowerBound, tensor: matrix.tensor.name)
    let byteCount = rows.count * columns.count
    let tile = entries.withLock { entries in
      if let index = entries.firstIndex(where: { $0.key == key }) {
        let entry = entries.remove(at: index)
        entries.append(entry)
        return entry.tile
      }
      var total = entries.reduce(byteCount) { $0 + $1.byteCount }
      while total > Self.byteCount, !entries.isEmpty { total -= entries.removeFirst().byteCount }
      // Small ones take little memory, but each is compared with.
      if entries.count >= 256 { entries.removeFirst() }
      let tile = Tile()
      entries.append(Entry(key: key, byteCount: byteCount, tile: tile))
      return tile
    }
    return try tile.bytes { try Self.read(matrix, rows, columns, from: checkpoint) }
  }

  private static func read(
    _ matrix: ByteMatrix, _ rows: Range<Int>, _ columns: Range<Int>, from checkpoint: any Checkpoint
  ) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: rows.count * columns.count)
    try bytes.withUnsafeMutableBytes { bytes in
      if columns.count == matrix.rowByteCount {
        let start = rows.lowerBound * matrix.rowByteCount
        return try checkpoint.read(matrix.tensor, bytes: start..<start + bytes.count, into: bytes)
      }
      for row in rows {
        let start = row * matrix.rowByteCount + columns.lowerBound
        let place = (row - rows.lowerBound) * columns.count
        try checkpoint.read(
          matrix.tensor, bytes: start..<start + columns.count,
          into: UnsafeMutableRawBufferPointer(rebasing: bytes[place..<place + columns.count]))
      }
    }
    return bytes
  }
}
