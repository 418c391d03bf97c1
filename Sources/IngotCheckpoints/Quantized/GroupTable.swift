/// The scales and zero points of some outputs, those of all groups of an output next to each other.
struct GroupTable {
  /// The first group.
  let first: Int
  private let count: Int
  private var scales: [Float]
  private var zeros: [Int32]

  /// Reads them.
  ///
  /// - Parameters:
  ///   - scales: Floats of the shape [groups, outputs].
  ///   - zeros: Words of zero points, [groups, words].
  ///   - groups: The groups that are wanted, not empty.
  ///   - rows: The outputs that are wanted.
  ///   - zeroOffset: What is added to a zero point.
  ///   - packing: How zero points stand in words.
  ///   - places: Which code of a word belongs to each of the outputs that share it.
  init(
    scales: CheckpointTensor, zeros: CheckpointTensor, groups: [Int], rows: Range<Int>, zeroOffset: Int,
    packing: PackedWords, places: [Int], from source: QuantizedSource
  ) throws {
    let zeroWords = packing.words(rows)
    let wanted = (groups.min() ?? 0)..<(groups.max() ?? 0) + 1
    first = wanted.lowerBound
    count = wanted.count
    let stored = try source.floatColumns(scales, rows: wanted, columns: rows)
    let words = try source.wordColumns(zeros, rows: wanted, columns: zeroWords)
    self.scales = [Float](repeating: 0, count: count * rows.count)
    self.zeros = [Int32](repeating: 0, count: count * rows.count)
    for (index, row) in rows.enumerated() {
      let word = row / packing.codesPerWord - zeroWords.lowerBound
      let code = places[row % packing.codesPerWord]
      for group in 0..<count {
        self.scales[index * count + group] = stored[group * rows.count + index]
        let number = packing.code(code, of: words[group * zeroWords.count + word])
        self.zeros[index * count + group] = Int32(number) + Int32(zeroOffset)
      }
    }
  }

  /// Lends the scales and zero points of an output, counted from the first.
  func withRow(
    _ row: Int, _ body: (UnsafeBufferPointer<Float>, UnsafeBufferPointer<Int32>) -> Void
  ) {
    let range = row * count..<(row + 1) * count
    scales.withUnsafeBufferPointer { scales in
      zeros.withUnsafeBufferPointer { zeros in
        body(.init(rebasing: scales[range]), .init(rebasing: zeros[range]))
      }
    }
  }
}

/// Scales and zero points of the groups of a row, applied to its codes.
struct GroupScaling {
  let scales: UnsafeBufferPointer<Float>
  let zeros: UnsafeBufferPointer<Int32>
  /// The group of each column.
  let groups: UnsafeBufferPointer<Int>
  /// The group whose scale is the first.
  let first: Int

  /// Sets each value to scale × (code − zero point).
  @inline(__always)
  func apply(
    to numbers: UnsafeMutableBufferPointer<Int32>, into values: UnsafeMutableBufferPointer<Float>,
    from place: Int
  ) {
    for column in groups.indices {
      let group = groups[column] - first
      values[place + column] = scales[group] * Float(numbers[column] &- zeros[group])
    }
  }
}
