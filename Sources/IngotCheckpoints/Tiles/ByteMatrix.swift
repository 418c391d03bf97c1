/// A matrix of bytes whose columns are wanted: in a tensor, or in a storage that a tensor is a view of.
package struct ByteMatrix: Sendable {
  /// Fills the buffer with the bytes that begin so many after the first of the matrix.
  package typealias Read = (_ offset: Int, _ buffer: UnsafeMutableRawBufferPointer) throws -> Void

  /// With ``start`` tells it from the other matrices of a checkpoint: the name of the tensor.
  let name: String
  /// Where it begins in the tensor or storage.
  let start: Int
  let rowCount: Int
  let rowByteCount: Int
  /// The bytes from the beginning of a row to that of the next.
  let pitch: Int
  /// Whether what is passed over costs as much as what is read, as in a deflated member.
  let isSequential: Bool
  /// Bytes of a row that are best read together, if a tile has room for them.
  let unit: Int

  /// - Precondition: `rowByteCount` is at most `pitch`, and `unit` at least 1.
  package init(
    name: String, start: Int, rowCount: Int, rowByteCount: Int, pitch: Int? = nil, isSequential: Bool = false,
    unit: Int = 64
  ) {
    self.name = name
    self.start = start
    self.rowCount = rowCount
    self.rowByteCount = rowByteCount
    self.pitch = pitch ?? rowByteCount
    self.isSequential = isSequential
    self.unit = unit
    precondition(self.pitch >= rowByteCount, "rows that overlap")
  }

  /// A tensor of two dimensions.
  ///
  /// - Precondition: It has two dimensions, and whole bytes a row.
  init(_ tensor: CheckpointTensor) {
    precondition(tensor.shape.count == 2, "not a matrix")
    let rows = tensor.shape[0]
    self.init(
      name: tensor.name, start: 0, rowCount: rows, rowByteCount: rows == 0 ? 0 : tensor.byteCount / rows)
  }

  /// The most bytes that are read at once to take pieces out of them.
  private static let windowByteCount = 1 << 18
  /// Pieces that are further apart than this are read by themselves.
  private static let gapByteCount = 1 << 12

  /// Fills `bytes` with some columns of some rows, row after row.
  ///
  /// - Precondition: `bytes` is as long.
  /// - Complexity: One read for all rows, for as many as lie close together, or for each.
  func read(
    rows: Range<Int>, columns: Range<Int>, into bytes: UnsafeMutableRawBufferPointer, _ read: Read
  ) throws {
    let count = columns.count
    precondition(bytes.count == rows.count * count)
    if count == pitch { return try read(rows.lowerBound * pitch, bytes) }
    let rowsPerRead = rowsPerRead(columns)
    if rowsPerRead == 1 {
      for row in rows {
        let place = (row - rows.lowerBound) * count
        try read(
          row * pitch + columns.lowerBound,
          UnsafeMutableRawBufferPointer(rebasing: bytes[place..<place + count]))
      }
      return
    }
    // Aligned further, glibc would not use the same place for the next one, and the heap would grow.
    let window = UnsafeMutableRawBufferPointer.allocate(
      byteCount: (rowsPerRead - 1) * pitch + count, alignment: 16)
    defer { window.deallocate() }
    for first in stride(from: rows.lowerBound, to: rows.upperBound, by: rowsPerRead) {
      let part = first..<min(first + rowsPerRead, rows.upperBound)
      try read(
        first * pitch + columns.lowerBound,
        UnsafeMutableRawBufferPointer(rebasing: window[..<((part.count - 1) * pitch + count)]))
      for row in part {
        let (from, to) = ((row - first) * pitch, (row - rows.lowerBound) * count)
        UnsafeMutableRawBufferPointer(rebasing: bytes[to..<to + count])
          .copyMemory(from: UnsafeRawBufferPointer(rebasing: window[from..<from + count]))
      }
    }
  }

  private func rowsPerRead(_ columns: Range<Int>) -> Int {
    guard isSequential || pitch - columns.count <= Self.gapByteCount else { return 1 }
    return max(1, Self.windowByteCount / pitch)
  }
}
