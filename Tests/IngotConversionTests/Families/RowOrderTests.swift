import IngotTestSupport
import Testing

@testable import IngotConversion

/// Clause N3.3 of `spec/families.md`.
@Suite struct RowOrderTests {
  /// The source rows of a range, one by one, as the formulas say.
  private func expected(_ order: RowOrder, _ rows: Range<Int>, rowsPerSource: Int) -> [[Int]] {
    rows.map { row in
      switch order {
      case .all: [row / rowsPerSource, row % rowsPerSource]
      case .heads(let size): [0, row / size * size + row % size % 2 * (size / 2) + row % size / 2]
      case .halves(let size):
        [0, row / size * size + row % size % (size / 2) * 2 + row % size / (size / 2)]
      case .inTurn(let size, let sources):
        [row / size % sources, row / (size * sources) * size + row % size]
      case .groups(let source, let offset, let stride, let count):
        [0, row / count * source + offset + row % count * stride]
      }
    }
  }

  private func found(_ order: RowOrder, _ rows: Range<Int>, rowsPerSource: Int) -> [[Int]?] {
    var found = [[Int]?](repeating: nil, count: rows.count)
    for run in order.runs(rows, rowsPerSource: rowsPerSource) {
      for index in 0..<run.count {
        found[run.target + index * run.targetStride] = [run.source, run.first + index * run.stride]
      }
    }
    return found
  }

  @Test(arguments: [
    RowOrder.all, .heads(rows: 2), .heads(rows: 8), .heads(rows: 16), .halves(rows: 2), .halves(rows: 8),
    .halves(rows: 16), .inTurn(rows: 1, sources: 2), .inTurn(rows: 1, sources: 3),
    .inTurn(rows: 4, sources: 2),
    .groups(source: 8, offset: 4, stride: 1, count: 4), .groups(source: 8, offset: 1, stride: 2, count: 4),
    .groups(source: 40, offset: 3, stride: 1, count: 37),
  ])
  func runsCoverEveryRangeOnce(_ order: RowOrder) {
    let count = if case .groups(_, _, _, let count) = order { count * 3 } else { 48 }
    for start in 0..<count {
      // One expectation for many ranges: each costs more than the comparison.
      let wrong = (start + 1...count).first { end in
        found(order, start..<end, rowsPerSource: 12) != expected(order, start..<end, rowsPerSource: 12)
      }
      #expect(wrong == nil, "rows \(start)..<\(wrong ?? 0)")
    }
  }
}

/// Clause N3.1.
@Suite struct NumberedNameTests {
  @Test func theFirstTwoNumbersAreBlockAndExpert() {
    let name = NumberedName("model.layers.12.mlp.experts.3.w1.weight")
    #expect(name.pattern == "model.layers.{block}.mlp.experts.{expert}.w1.weight")
    #expect(name.numbers == [12, 3])
    #expect(name.withoutSecondNumber == "model.layers.12.mlp.experts.*.w1.weight")
    #expect(name.filled("blk.{block}.ffn_up") == "blk.12.ffn_up")
  }

  @Test func aNameThatLooksLikeAPatternIsNone() {
    let name = NumberedName("model.layers.{block}.mlp.experts.3.{expert}.weight")
    #expect(name.pattern == "model.layers.{{block}}.mlp.experts.{block}.{{expert}}.weight")
    #expect(name.numbers == [3])
  }

  @Test func onlyNumbersInTheirOnlyFormCount() {
    for name in ["a.01.b", "a.-1.b", "a.+1.b", "a.1x.b", "a.99999999999999999999.b", "a..b", ""] {
      #expect(NumberedName(name).numbers.isEmpty && NumberedName(name).pattern == name)
    }
  }
}
