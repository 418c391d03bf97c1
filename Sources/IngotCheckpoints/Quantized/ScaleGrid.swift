import IngotEncodings

/// Scales that each belong to a rectangle of weights, or to all.
///
/// Specification: `spec/quantized.md`, clause Q1.3.
struct ScaleGrid: Sendable {
  /// How scales are shared.
  enum Strategy: Sendable, Hashable {
    /// One for the whole matrix.
    case tensor
    /// One for each row.
    case channel
    /// One for each so many values of a row.
    case group(Int)
    /// One for each rectangle of so many rows and columns.
    case block(rows: Int, columns: Int)
  }

  /// The tensor with the scales.
  let scales: CheckpointTensor
  /// What its bytes are.
  let type: ElementType
  /// The rows of weights of each matrix.
  private let height: Int
  /// The weights that share a scale.
  let rowsPerScale, columnsPerScale: Int
  /// The scales of each matrix.
  private let gridRows: Int
  let gridColumns: Int

  /// Lays scales over weights.
  ///
  /// - Parameters:
  ///   - scales: Their tensor.
  ///   - type: What its bytes are, where that is not the type that it states.
  ///   - shape: The dimensions of the weights, at least two, and none of them zero; those before the last two count matrices.
  ///   - strategy: How they are shared.
  /// - Throws: ``CheckpointError/Code/schema`` where there are not as many as that takes.
  init(
    _ scales: CheckpointTensor, as type: ElementType? = nil, over shape: [Int], _ strategy: Strategy,
    of source: QuantizedSource
  ) throws {
    self.scales = scales
    self.type = type ?? scales.type
    let (rows, columns) = (shape[shape.count - 2], shape[shape.count - 1])
    height = rows
    switch strategy {
    case .tensor: (rowsPerScale, columnsPerScale) = (rows, columns)
    case .channel: (rowsPerScale, columnsPerScale) = (1, columns)
    case .group(let size): (rowsPerScale, columnsPerScale) = (1, min(size, columns))
    case .block(let high, let wide): (rowsPerScale, columnsPerScale) = (min(high, rows), min(wide, columns))
    }
    gridRows = (rows - 1) / rowsPerScale + 1
    gridColumns = (columns - 1) / columnsPerScale + 1
    let whole = shape.dropLast(2) + [gridRows, gridColumns]
    guard self.type.isScale else { throw source.misfit(scales, expected: "scales that are floats") }
    guard Self.accepts(scales.shape, whole) else {
      throw source.misfit(
        scales, expected: "scales of the shape \(Array(whole)), since the weights are \(shape)")
    }
  }

  /// Whether scales of a shape stand for a grid: dimensions of 1 at the end may be left out, and one scale has any shape.
  private static func accepts(_ shape: [Int], _ grid: ArraySlice<Int>) -> Bool {
    if grid.allSatisfy({ $0 == 1 }) { return shape.allSatisfy { $0 == 1 } }
    if shape.elementsEqual(grid) { return true }
    let short = grid.reversed().drop { $0 == 1 }.reversed()
    return shape.elementsEqual(short)
  }

  /// The scales of whole rows, or of a part of one, and zero points that lie in the same way.
  func range(rows: Range<Int>, columns: Range<Int>) -> Range<Int> {
    let first = gridRow(rows.lowerBound) * gridColumns + columns.lowerBound / columnsPerScale
    let last = gridRow(rows.upperBound - 1) * gridColumns + (columns.upperBound - 1) / columnsPerScale
    return first..<last + 1
  }

  /// The row of scales for a row of weights.
  func gridRow(_ row: Int) -> Int {
    let (matrix, row) = row.quotientAndRemainder(dividingBy: height)
    return matrix * gridRows + row / rowsPerScale
  }

  /// Calls `body` for each run of weights that share a scale, with the place of the run among the weights, its length, and the place of
  /// its scale in ``range(rows:columns:)``.
  func forEachRun(
    rows: Range<Int>, columns: Range<Int>, _ body: (_ place: Int, _ count: Int, _ scale: Int) throws -> Void
  ) rethrows {
    let first = range(rows: rows, columns: columns).lowerBound
    var place = 0
    for row in rows {
      let base = gridRow(row) * gridColumns - first
      var column = columns.lowerBound
      while column < columns.upperBound {
        let group = column / columnsPerScale
        let end = min((group + 1) * columnsPerScale, columns.upperBound)
        try body(place, end - column, base + group)
        place += end - column
        column = end
      }
    }
  }
}
