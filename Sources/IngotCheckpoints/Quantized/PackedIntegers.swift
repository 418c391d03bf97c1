import IngotContainer
import IngotEncodings

/// Words whose codes are of inputs that follow each other; the words of an output stand in a row.
///
/// Specification: `spec/quantized.md`, clause Q6.3.
struct PackedIntegers: QuantizedWeights {
  let codes, scales: CheckpointTensor
  /// Words of zero points, whose codes are of outputs that follow each other: [words, groups].
  let zeros: CheckpointTensor?
  let groups: GroupIndex
  let packing: PackedWords
  let width: Int
  /// The words of a row.
  let rowWordCount: Int

  var meaning: [Int] { [packing.bits, groups.size] }

  func decode(
    rows: Range<Int>, columns: Range<Int>, into values: UnsafeMutableBufferPointer<Float>,
    from source: QuantizedSource
  ) throws {
    let wordColumns = packing.words(columns)
    // Whole rows with all their words, or a part of one.
    let first = rows.lowerBound * rowWordCount + wordColumns.lowerBound
    let last = (rows.upperBound - 1) * rowWordCount + wordColumns.upperBound
    let words: [UInt32] = try source.integers(codes, first..<last)
    let groupOf = try groups.groups(of: columns, from: source)
    let wanted = (groupOf.min() ?? 0)..<(groupOf.max() ?? 0) + 1
    let (scales, zeros) = try scalesAndZeros(rows, wanted, source)
    var numbers = [Int32](repeating: 0, count: columns.count)
    numbers.withUnsafeMutableBufferPointer { numbers in
      words.withUnsafeBufferPointer { words in
        for row in 0..<rows.count {
          packing.unpack(
            columns, of: UnsafeBufferPointer(rebasing: words[(row * rowWordCount)...]), stride: 1,
            into: numbers)
          let part = row * wanted.count..<(row + 1) * wanted.count
          scales.withUnsafeBufferPointer { scales in
            zeros.withUnsafeBufferPointer { zeros in
              groupOf.withUnsafeBufferPointer { groupOf in
                GroupScaling(
                  scales: .init(rebasing: scales[part]), zeros: .init(rebasing: zeros[part]), groups: groupOf,
                  first: wanted.lowerBound
                )
                .apply(to: numbers, into: values, from: row * columns.count)
              }
            }
          }
        }
      }
    }
  }

  /// Of each row the scales and zero points of some groups.
  private func scalesAndZeros(
    _ rows: Range<Int>, _ wanted: Range<Int>, _ source: QuantizedSource
  ) throws -> ([Float], [Int32]) {
    let scales: [Float] = try source.floatColumns(self.scales, rows: rows, columns: wanted)
    let middle = Int32(1) << Int32(packing.bits - 1)
    guard let zeros else { return (scales, [Int32](repeating: middle, count: scales.count)) }
    let wordRows = packing.words(rows)
    let words = try source.wordColumns(zeros, rows: wordRows, columns: wanted)
    var numbers: [Int32] = []
    numbers.reserveCapacity(scales.count)
    for row in rows {
      let (word, code) = row.quotientAndRemainder(dividingBy: packing.codesPerWord)
      let start = (word - wordRows.lowerBound) * wanted.count
      for group in 0..<wanted.count {
        numbers.append(Int32(packing.code(code, of: words[start + group])))
      }
    }
    return (scales, numbers)
  }
}
