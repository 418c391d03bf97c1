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
        .overflow, tensor, found: "\(tensor.shape[0].counted("row")) of words",
        expected: "fewer than 2^63 inputs")
    }
    let scales = try source.needed(base + ".scales", for: tensor, "scales")
    let zeros = try source.needed(base + ".qzeros", for: tensor, "zero points")
    guard scales.type.isScale, scales.shape.count == 2, scales.shape[0] > 0, scales.shape[1] == outputs else {
      throw source.misfit(scales, expected: "floats of the shape [groups, \(outputs)]")
    }
    let groups = scales.shape[0]
    let zeroShape = [groups, packing.wordCount(outputs)]
    guard zeros.type == .int32, zeros.shape == zeroShape else {
      throw source.misfit(zeros, expected: "I32 \(zeroShape), zero points for \(groups.counted("group"))")
    }
    let index = try GroupIndex(
      named: base + ".g_idx", size: groupSize, columns: inputs, count: groups, scales: scales, of: source)
    let parts = [tensor, scales, zeros] + [source.tensor(base + ".g_idx")].compactMap(\.self)
    return QuantizedTensor(
      name: base + ".weight", shape: [outputs, inputs],
      words: "GPTQ, \(packing.bits.counted("bit")) in \(index.words)",
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
      scales: scales, zeros: zeros, groups: groupOf, rows: rows, zeroOffset: zeroOffset, packing: packing,
      places: Array(0..<packing.codesPerWord), from: source)
    var numbers = [Int32](repeating: 0, count: columns.count)
    numbers.withUnsafeMutableBufferPointer { numbers in
      words.withUnsafeBufferPointer { words in
        groupOf.withUnsafeBufferPointer { groupOf in
          for row in 0..<rows.count {
            packing.unpack(
              columns, of: UnsafeBufferPointer(rebasing: words[row...]), stride: rows.count, into: numbers)
            table.withRow(row) { scales, zeros in
              GroupScaling(scales: scales, zeros: zeros, groups: groupOf, first: table.first)
                .apply(to: numbers, into: values, from: row * columns.count)
            }
          }
        }
      }
    }
  }
}
