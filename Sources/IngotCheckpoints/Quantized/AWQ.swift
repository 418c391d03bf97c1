import IngotContainer
import IngotEncodings

/// Finds weights of AWQ in the form "gemm": `X.qweight`, `X.qzeros`, `X.scales`.
///
/// Specification: `spec/quantized.md`, clause Q4.
struct AWQ: QuantizationScheme {
  /// The inputs of a group; `nil` for one group.
  let groupSize: Int?
  let ignored: IgnoredModules

  static let packing = PackedWords(bits: 4)
  /// Which code of a word belongs to each of eight outputs that follow each other.
  static let places = [0, 4, 1, 5, 2, 6, 3, 7]

  func weights(in tensor: CheckpointTensor, of source: QuantizedSource) throws -> QuantizedTensor? {
    guard let base = tensor.name.base(before: ".qweight"), !ignored.contains(base) else { return nil }
    guard tensor.type == .int32, tensor.shape.count == 2, tensor.elementCount > 0 else {
      throw source.misfit(tensor, expected: "I32 words of two dimensions")
    }
    let inputs = tensor.shape[0]
    guard let outputs = Checked.product(tensor.shape[1], Self.packing.codesPerWord) else {
      throw source.fault(
        .overflow, tensor, found: "\(tensor.shape[1].counted("word")) a row",
        expected: "fewer than 2^63 outputs")
    }
    let scales = try source.needed(base + ".scales", for: tensor, "scales")
    let zeros = try source.needed(base + ".qzeros", for: tensor, "zero points")
    guard scales.type.isScale, scales.shape.count == 2, scales.shape[0] > 0, scales.shape[1] == outputs else {
      throw source.misfit(scales, expected: "floats of the shape [groups, \(outputs)]")
    }
    let groups = scales.shape[0]
    guard zeros.type == .int32, zeros.shape == [groups, tensor.shape[1]] else {
      throw source.misfit(
        zeros, expected: "I32 \([groups, tensor.shape[1]]), zero points for \(groups.counted("group"))")
    }
    // The layers have no list of groups.
    let index = try GroupIndex(
      named: "", size: groupSize, columns: inputs, count: groups, scales: scales, of: source)
    return QuantizedTensor(
      name: base + ".weight", shape: [outputs, inputs], words: "AWQ, 4 bits in \(index.words)",
      parts: [tensor, scales, zeros],
      weights: AWQWeights(codes: tensor, scales: scales, zeros: zeros, groups: index, width: inputs))
  }

  static func isEvidence(_ tensor: CheckpointTensor, among tensors: CheckpointTensors) -> Bool {
    tensor.name.base(before: ".qweight") != nil
  }
}

/// Words whose codes are of eight outputs; the words of an input stand in a row.
struct AWQWeights: QuantizedWeights {
  let codes, scales, zeros: CheckpointTensor
  let groups: GroupIndex
  let width: Int

  var meaning: [Int] { [4, groups.size] }

  func decode(
    rows: Range<Int>, columns: Range<Int>, into values: UnsafeMutableBufferPointer<Float>,
    from source: QuantizedSource
  ) throws {
    let packing = AWQ.packing
    let wordColumns = packing.words(rows)
    let words = try source.wordColumns(codes, rows: columns, columns: wordColumns)
    let groupOf = try groups.groups(of: columns, from: source)
    let table = try GroupTable(
      scales: scales, zeros: zeros, groups: groupOf, rows: rows, zeroOffset: 0, packing: packing,
      places: AWQ.places, from: source)
    var numbers = [Int32](repeating: 0, count: columns.count)
    numbers.withUnsafeMutableBufferPointer { numbers in
      words.withUnsafeBufferPointer { words in
        groupOf.withUnsafeBufferPointer { groupOf in
          for (index, row) in rows.enumerated() {
            let code = AWQ.places[row % packing.codesPerWord]
            var word = row / packing.codesPerWord - wordColumns.lowerBound
            for column in numbers.indices {
              numbers[column] = Int32(packing.code(code, of: words[word]))
              word += wordColumns.count
            }
            table.withRow(index) { scales, zeros in
              GroupScaling(scales: scales, zeros: zeros, groups: groupOf, first: table.first)
                .apply(to: numbers, into: values, from: index * columns.count)
            }
          }
        }
      }
    }
  }
}
