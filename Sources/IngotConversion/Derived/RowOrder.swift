/// Which rows of its sources a derived tensor holds, in which order.
///
/// A row is what the last dimension spans. Orders are formulas, so they take no memory, whatever the size of a tensor.
enum RowOrder: Sendable, Hashable {
  /// The rows of all sources, one source after the other.
  case all
  /// Of each head, the rows of its two halves in turn: 0, *n*/2, 1, *n*/2 + 1, and so on.
  ///
  /// Transformers rotates a row together with the one half a head away, readers of containers with the next one.
  case heads(rows: Int)
  /// The other way round: of each head the rows 0, 2, 4 and so on, then 1, 3, 5 and so on.
  case halves(rows: Int)
  /// So many rows of each source in turn.
  case inTurn(rows: Int, sources: Int)
  /// Of each group of `source` rows, `count` rows from `offset` on, `stride` apart.
  case groups(source: Int, offset: Int, stride: Int, count: Int)
}

/// Rows of one source that lie at one distance, and where they go.
struct RowRun: Sendable, Hashable {
  /// The index of the source.
  var source = 0
  /// The first row of the source, and from each row to the next.
  var first: Int
  var stride = 1
  /// How many rows.
  var count: Int
  /// The row that the first one becomes, and from each to the next.
  var target: Int
  var targetStride = 1
}

extension RowOrder {
  /// The runs that make up a range of rows of the derived tensor, whose targets count from its beginning.
  ///
  /// - Parameters:
  ///   - rows: Rows of the derived tensor.
  ///   - rowsPerSource: The rows of each source, which has some where there are rows to ask for.
  /// - Complexity: O(*n*) in the heads, groups or sources that the rows belong to.
  func runs(_ rows: Range<Int>, rowsPerSource: Int) -> [RowRun] {
    switch self {
    case .all:
      Self.pieces(rows, size: rowsPerSource).map { source, piece, target in
        RowRun(source: source, first: piece.lowerBound, count: piece.count, target: target)
      }
    case .heads(let size):
      Self.pieces(rows, size: size).flatMap { head, piece, target in
        (0..<2).map { half in
          // Even rows are of the first half, odd ones of the second.
          let first = (piece.lowerBound + 1 - half) / 2
          let end = (piece.upperBound + 1 - half) / 2
          return RowRun(
            first: head * size + half * (size / 2) + first, count: end - first,
            target: target + 2 * first + half - piece.lowerBound, targetStride: 2)
        }
      }.filter { $0.count > 0 }
    case .halves(let size):
      Self.pieces(rows, size: size).flatMap { head, piece, target in
        (0..<2).compactMap { half in
          let start = half * (size / 2)
          let part = piece.clamped(to: start..<start + size / 2)
          guard !part.isEmpty else { return nil }
          return RowRun(
            first: head * size + half + 2 * (part.lowerBound - start), stride: 2, count: part.count,
            target: target + part.lowerBound - piece.lowerBound)
        }
      }
    case .inTurn(1, let sources):
      // Each source in one run.
      (0..<sources).compactMap { source in
        let first = (rows.lowerBound + sources - 1 - source) / sources
        let end = (rows.upperBound + sources - 1 - source) / sources
        guard end > first else { return nil }
        return RowRun(
          source: source, first: first, count: end - first,
          target: first * sources + source - rows.lowerBound, targetStride: sources)
      }
    case .inTurn(let size, let sources):
      Self.pieces(rows, size: size).map { group, piece, target in
        RowRun(
          source: group % sources, first: group / sources * size + piece.lowerBound, count: piece.count,
          target: target)
      }
    case .groups(let size, let offset, let stride, let count):
      Self.pieces(rows, size: count).map { group, piece, target in
        RowRun(
          first: group * size + offset + piece.lowerBound * stride, stride: stride, count: piece.count,
          target: target)
      }
    }
  }

  /// Cuts rows where groups of one size begin: the group, the rows in it, and where they stand in the range.
  private static func pieces(_ rows: Range<Int>, size: Int) -> [(group: Int, rows: Range<Int>, target: Int)] {
    var pieces: [(group: Int, rows: Range<Int>, target: Int)] = []
    var row = rows.lowerBound
    while row < rows.upperBound {
      let group = row / size
      let end = min(rows.upperBound, (group + 1) * size)
      pieces.append((group, row - group * size..<end - group * size, row - rows.lowerBound))
      row = end
    }
    return pieces
  }
}
