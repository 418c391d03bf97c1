import Synchronization

/// Pieces of matrices that were read last.
///
/// Some rows of a result that is stored transposed take a few bytes of every row of the file. The neighbours of these bytes are
/// wanted next, by this thread or another, so a tile as high as the matrix is read at once and kept for a while. Memory is that of a
/// few tiles, whatever the size of the matrices.
///
/// Specification: `spec/quantized.md`, clause Q1.5; `spec/conversion.md`, clause V4.1.
package final class TileCache: Sendable {
  /// The most bytes of all tiles that are kept.
  package static let byteCount = 8 << 20
  /// The most bytes of those that have not the memory of a whole tile: of small matrices, one follows the other.
  private static let smallByteCount = 2 << 20
  /// The fewest bytes of each row that are read together, where the matrix has as many.
  private static let leastWidth = 16

  /// What tiles are read for.
  package enum Purpose: Sendable {
    /// Codes with their scales and zero points: tiles of several matrices are wanted at once.
    case quantized
    /// One matrix after the other.
    case transposed
  }

  /// The most bytes of a tile.
  var tileByteCount: Int { memory.byteCount }
  private let memory: TileMemory

  package init(_ purpose: Purpose) {
    memory = TileMemory(byteCount: purpose == .quantized ? 3 << 19 : 7 << 19)
  }

  private struct Key: Hashable {
    let row, column, start: Int
    /// Views of one storage may begin at the same place.
    let name: String
  }

  /// A tile, read by the first that asks for it; the others wait.
  private final class Tile: Sendable {
    private let piece = Mutex<TileMemory.Piece?>(nil)
    private let memory: TileMemory
    private let byteCount: Int

    init(byteCount: Int, in memory: TileMemory) {
      self.byteCount = byteCount
      self.memory = memory
    }

    deinit { piece.withLock { $0.take() }.map(memory.giveBack) }

    /// What holds the bytes, for as long as the tile is there.
    func filled(_ read: (UnsafeMutableRawBufferPointer) throws -> Void) throws -> TileMemory.Piece {
      try piece.withLock { try fill(&$0, read) }
    }

    /// As ``filled(_:)``, but `nil` where another thread is reading it.
    func filledWithoutWaiting(
      _ read: (UnsafeMutableRawBufferPointer) throws -> Void
    ) throws -> TileMemory.Piece? {
      try piece.withLockIfAvailable { try fill(&$0, read) }
    }

    private func fill(
      _ piece: inout TileMemory.Piece?, _ read: (UnsafeMutableRawBufferPointer) throws -> Void
    ) throws -> TileMemory.Piece {
      if let piece { return piece }
      let new = memory.take(byteCount)
      do {
        try read(UnsafeMutableRawBufferPointer(rebasing: new.bytes[..<byteCount]))
      } catch {
        memory.giveBack(new)
        throw error
      }
      piece = new
      return new
    }
  }

  private struct Entry {
    let key: Key
    let byteCount: Int
    let tile: Tile
  }

  /// The tiles, the one used last at the end.
  private let entries = Mutex<[Entry]>([])

  /// Lends the tiles that hold some columns of some rows: for each its bytes, row after row, and which rows and columns they are.
  ///
  /// - Precondition: Rows and columns are within the matrix.
  /// - Complexity: O(*n*) in the tiles that are not held. Whoever finds that another thread reads a tile reads the next one meanwhile.
  func forEachTile(
    of matrix: ByteMatrix, rows: Range<Int>, columns: Range<Int>, read: ByteMatrix.Read,
    _ body: (UnsafeRawBufferPointer, _ rows: Range<Int>, _ columns: Range<Int>) throws -> Void
  ) throws {
    if rows.isEmpty || columns.isEmpty { return }
    let (height, width) = tileSize(matrix)
    for row in rows.lowerBound / height...(rows.upperBound - 1) / height {
      let tileRows = row * height..<min((row + 1) * height, matrix.rowCount)
      for column in columns.lowerBound / width...(columns.upperBound - 1) / width {
        let tileColumns = column * width..<min((column + 1) * width, matrix.rowByteCount)
        try withTile(of: matrix, tileRows, tileColumns, read) { try body($0, tileRows, tileColumns) }
      }
    }
  }

  /// The bytes of some columns of some rows, row after row.
  ///
  /// - Precondition: Rows and columns are within the matrix.
  /// - Complexity: O(*n*) in the bytes that are returned, and the reading of the tiles that are not held.
  func bytes(
    of matrix: ByteMatrix, rows: Range<Int>, columns: Range<Int>, read: ByteMatrix.Read
  ) throws -> [UInt8] {
    var result = [UInt8](repeating: 0, count: rows.count * columns.count)
    try result.withUnsafeMutableBytes { result in
      try forEachTile(of: matrix, rows: rows, columns: columns, read: read) { tile, tileRows, tileColumns in
        let (wantedRows, wantedColumns) = (rows.clamped(to: tileRows), columns.clamped(to: tileColumns))
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
    return result
  }

  /// The rows and bytes a row of a tile.
  func tileSize(_ matrix: ByteMatrix) -> (rows: Int, bytes: Int) {
    let rows = min(matrix.rowCount, tileByteCount / min(Self.leastWidth, matrix.rowByteCount))
    let width = tileByteCount / rows
    // Whole elements, and lines of the processor's cache, where there is room for some.
    let unit = [matrix.unit, 64, Self.leastWidth].first { $0 <= width } ?? 1
    return (rows, min(width / unit * unit, matrix.rowByteCount))
  }

  private func withTile(
    of matrix: ByteMatrix, _ rows: Range<Int>, _ columns: Range<Int>, _ read: ByteMatrix.Read,
    _ body: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    let tile = tile(matrix, rows, columns)
    let next = columns.upperBound..<min(columns.upperBound + columns.count, matrix.rowByteCount)
    let isRead = try tile.filledWithoutWaiting {
      try matrix.read(rows: rows, columns: columns, into: $0, read)
    }
    if isRead == nil, !next.isEmpty {
      // What fails here fails again for whoever needs it.
      _ = try? self.tile(matrix, rows, next).filledWithoutWaiting {
        try matrix.read(rows: rows, columns: next, into: $0, read)
      }
    }
    // The tile gives its memory to another when it goes.
    try withExtendedLifetime(tile) {
      let piece = try isRead ?? tile.filled { try matrix.read(rows: rows, columns: columns, into: $0, read) }
      try body(UnsafeRawBufferPointer(rebasing: piece.bytes[..<(rows.count * columns.count)]))
    }
  }

  /// Lets small tiles go, those that were used longest ago first, until there is room for one of so many bytes.
  private static func makeRoom(_ byteCount: Int, in entries: inout [Entry], besides whole: Int) {
    var total = entries.reduce(byteCount) { $0 + ($1.byteCount < whole ? $1.byteCount : 0) }
    entries.removeAll { entry in
      guard total > smallByteCount, entry.byteCount < whole else { return false }
      total -= entry.byteCount
      return true
    }
  }

  private func tile(_ matrix: ByteMatrix, _ rows: Range<Int>, _ columns: Range<Int>) -> Tile {
    let key = Key(
      row: rows.lowerBound, column: columns.lowerBound, start: matrix.start, name: matrix.name)
    let byteCount = rows.count * columns.count
    let pieceByteCount = memory.pieceByteCount(byteCount)
    return entries.withLock { entries in
      if let index = entries.firstIndex(where: { $0.key == key }) {
        let entry = entries.remove(at: index)
        entries.append(entry)
        return entry.tile
      }
      var total = entries.reduce(pieceByteCount) { $0 + $1.byteCount }
      while total > Self.byteCount, !entries.isEmpty { total -= entries.removeFirst().byteCount }
      if pieceByteCount < tileByteCount {
        Self.makeRoom(pieceByteCount, in: &entries, besides: tileByteCount)
      }
      // The smallest take hardly any memory, but each is compared with.
      if entries.count >= 256 { entries.removeFirst() }
      let tile = Tile(byteCount: byteCount, in: memory)
      entries.append(Entry(key: key, byteCount: pieceByteCount, tile: tile))
      return tile
    }
  }
}
