import IngotEncodings

/// Columns of a matrix of elements that become rows, and where they go.
package struct TransposedColumns: Sendable {
  /// The bytes of an element.
  package let elementByteCount: Int
  /// The first column, from each to the next, and how many, in elements.
  package let first: Int
  package let stride: Int
  package let count: Int
  /// The rows that are wanted of each.
  package let rows: Range<Int>
  /// Where the first of these rows of the first column goes, in elements of the result.
  package let target: Int
  /// From an element of a column to that of the next row in the result, and from a column to the next.
  package let rowStep: Int
  package let columnStep: Int

  package init(
    elementByteCount: Int, first: Int, stride: Int = 1, count: Int, rows: Range<Int>, target: Int,
    rowStep: Int = 1, columnStep: Int
  ) {
    self.elementByteCount = elementByteCount
    self.first = first
    self.stride = stride
    self.count = count
    self.rows = rows
    self.target = target
    self.rowStep = rowStep
    self.columnStep = columnStep
  }
}

extension TileCache {
  /// Puts columns of a matrix into rows.
  ///
  /// - Parameters:
  ///   - columns: Which, and where they go.
  ///   - matrix: The matrix; its rows hold whole elements.
  ///   - buffer: Receives the elements.
  ///   - read: Reads the matrix.
  /// - Precondition: The columns and rows are within the matrix, and what they become within the buffer.
  package func transpose(
    _ columns: TransposedColumns, of matrix: ByteMatrix, into buffer: UnsafeMutableRawBufferPointer,
    read: ByteMatrix.Read
  ) throws {
    if columns.count == 0 || columns.rows.isEmpty { return }
    let size = columns.elementByteCount
    let end = columns.first + (columns.count - 1) * columns.stride + 1
    let last =
      columns.target + (columns.rows.count - 1) * columns.rowStep + (columns.count - 1) * columns.columnStep
    precondition(columns.target >= 0 && (last + 1) * size <= buffer.count, "the buffer is too small")
    try forEachTile(
      of: matrix, rows: columns.rows, columns: columns.first * size..<end * size, read: read
    ) { tile, tileRows, tileColumns in
      let part = columns.within(rows: tileRows, bytes: tileColumns)
      switch size {
      case 1: part.move(tile, tileRows, tileColumns, as: UInt8.self, into: buffer)
      case 2: part.move(tile, tileRows, tileColumns, as: UInt16.self, into: buffer)
      case 4: part.move(tile, tileRows, tileColumns, as: UInt32.self, into: buffer)
      case 8: part.move(tile, tileRows, tileColumns, as: UInt64.self, into: buffer)
      default: preconditionFailure("elements of \(size.counted("byte"))")
      }
    }
  }
}

extension TransposedColumns {
  /// Whether elements of so many bytes can be moved: no tile cuts one.
  package static func canMove(elementByteCount: Int) -> Bool { [1, 2, 4, 8].contains(elementByteCount) }

  /// Those of the columns and rows that a tile holds.
  fileprivate func within(rows tileRows: Range<Int>, bytes: Range<Int>) -> Self {
    let elements = bytes.lowerBound / elementByteCount..<bytes.upperBound / elementByteCount
    let skipped = max(0, (elements.lowerBound - first + stride - 1) / stride)
    let end = min(count, max(skipped, (elements.upperBound - first + stride - 1) / stride))
    let wanted = rows.clamped(to: tileRows)
    return Self(
      elementByteCount: elementByteCount, first: first + skipped * stride, stride: stride,
      count: end - skipped, rows: wanted,
      target: target + skipped * columnStep + (wanted.lowerBound - rows.lowerBound) * rowStep,
      rowStep: rowStep, columnStep: columnStep)
  }

  /// The rows that are taken together: so many elements are next to each other in the result, a line of the processor's cache.
  private static let stripe = 16

  fileprivate func move<Element: FixedWidthInteger & BitwiseCopyable>(
    _ tile: UnsafeRawBufferPointer, _ tileRows: Range<Int>, _ tileColumns: Range<Int>, as _: Element.Type,
    into buffer: UnsafeMutableRawBufferPointer
  ) {
    guard count > 0, let source = tile.baseAddress, let result = buffer.baseAddress else { return }
    let size = MemoryLayout<Element>.size
    let start =
      (rows.lowerBound - tileRows.lowerBound) * tileColumns.count + first * size - tileColumns.lowerBound
    for stripe in Swift.stride(from: 0, to: rows.count, by: Self.stripe) {
      let height = min(Self.stripe, rows.count - stripe)
      for column in 0..<count {
        var from = source + (start + stripe * tileColumns.count + column * stride * size)
        var to = result + (target + column * columnStep + stripe * rowStep) * size
        for _ in 0..<height {
          to.storeBytes(of: from.loadUnaligned(as: Element.self), as: Element.self)
          from += tileColumns.count
          to += rowStep * size
        }
      }
    }
  }
}
