import IngotContainer
import IngotEncodings

/// Finds weights of GPTQ: `X.qweight`, `X.qzeros`, `X.scales`, and often `X.g_idx`.
///
/// Specification: `spec/quantized.md`, clause Q3.
struct GPTQ: QuantizationScheme {
  let packing: PackedWords
  /// The inputs of a group; `nil` for one group.
  let groupSize: Int?
  /// What is added to the zero points that are stored: 1 in the older form.
  let zeroOffset: Int
  let ignored: IgnoredModules

  func weights(in tensor: CheckpointTensor, of source: QuantizedSource) throws -> QuantizedTensor? {
    guard let base = tensor.name.base(before: ".qweight"), !ignored.contains(base) else { return nil }
    guard tensor.type == .int32, tensor.shape.count == 2, tensor.elementCount > 0 else {
      throw source.misfit(tensor, expected: "I32 words of two dimensions")
    }
    let outputs = tensor.shape[1]
    guard let inputs = Checked.product(tensor.shape[0], packing.codesPerWord) else {
      throw source.fault(
        .overflow, tensor, found: "\(tensor.shape[0]) rows of words", expected: "fewer than 2^63 inputs")
    }
    let scales = try source.needed(base + ".scales", for: tensor, "scales")
    let zeros = try source.needed(base + ".qzeros", for: tensor, "zero points")
    guard scales.type.isScale, scales.shape.count == 2, scales.shape[0] > 0, scales.shape[1] == outputs else {
      throw source.misfit(scales, expected: "floats of the shape [groups, \(outputs)]")
    }
    let groups = scales.shape[0]
    let zeroShape = [groups, packing.wordCount(outputs)]
    guard zeros.type == .int32, zeros.shape == zeroShape else {
      throw source.misfit(zeros, expected: "I32 \(zeroShape), zero points for \(groups) groups")
    }
    let index = try GroupIndex(
      named: base + ".g_idx", size: groupSize, columns: inputs, count: groups, scales: scales, of: source)
    let parts = [tensor, scales, zeros] + [source.tensor(base + ".g_idx")].compactMap(\.self)
    return QuantizedTensor(
      name: base + ".weight", shape: [outputs, inputs], words: "GPTQ, \(packing.bits) bits in \(index.words)",
      parts: parts,
      weights: GPTQWeights(
        codes: tensor, scales: scales, zeros: zeros, groups: index, packing: packing, zeroOffset: zeroOffset,
        width: inputs))
  }

  static func isEvidence(_ tensor: CheckpointTensor, among tensors: CheckpointTensors) -> Bool {
    tensor.name.base(before: ".qweight") != nil
  }
}

/// Words whose codes are of inputs that follow each other; the words of an output stand in a column.
struct GPTQWeights: QuantizedWeights {
  let codes, scales, zeros: CheckpointTensor
  let groups: GroupIndex
  let packing: PackedWords
  let zeroOffset: Int
  let width: Int

  var meaning: [Int] { [packing.bits, groups.size] }

  func decode(
    rows: Range<Int>, columns: Range<Int>, into values: UnsafeMutableBufferPointer<Float>,
    from source: QuantizedSource
  ) throws {
    let wordRows = packing.words(columns)
    let words = try source.wordColumns(codes, rows: wordRows, columns: rows)
    let groupOf = try groups.groups(of: columns, from: source)
    let table = try GroupTable(
      scales: scales, zeros: zeros, groups: groupOf, rows: rows, zeroOffset: zeroOffset, from: source,
      zeroWords: packing.words(rows)
    ) { row, word in
      (word: row / packing.codesPerWord - word, code: row % packing.codesPerWord, packing)
    }
    let first = columns.lowerBound - wordRows.lowerBound * packing.codesPerWord
    for row in 0..<rows.count {
      let place = row * columns.count
      table.withRow(row) { scales, zeros in
        for column in 0..<columns.count {
          let (word, code) = (first + column).quotientAndRemainder(dividingBy: packing.codesPerWord)
          let number = Int32(packing.code(code, of: words[word * rows.count + row]))
          let group = groupOf[column] - table.first
          values[place + column] = scales[group] * Float(number - zeros[group])
        }
      }
    }
  }
}

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
  ///   - zeroWords: The words of each group that hold those of `rows`.
  ///   - place: Where the zero point of an output stands: the word, counted from one, and the code in it.
  init(
    scales: CheckpointTensor, zeros: CheckpointTensor, groups: [Int], rows: Range<Int>, zeroOffset: Int,
    from source: QuantizedSource, zeroWords: Range<Int>,
    place: (_ row: Int, _ firstWord: Int) -> (word: Int, code: Int, PackedWords)
  ) throws {
    let wanted = (groups.min() ?? 0)..<(groups.max() ?? 0) + 1
    first = wanted.lowerBound
    count = wanted.count
    let stored = try source.floatColumns(scales, rows: wanted, columns: rows)
    let words = try source.wordColumns(zeros, rows: wanted, columns: zeroWords)
    self.scales = [Float](repeating: 0, count: count * rows.count)
    self.zeros = [Int32](repeating: 0, count: count * rows.count)
    for (index, row) in rows.enumerated() {
      let (word, code, packing) = place(row, zeroWords.lowerBound)
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
