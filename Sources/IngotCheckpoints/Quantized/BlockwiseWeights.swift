import IngotEncodings

/// Codes of 4 bits in blocks that pay no heed to rows, two a byte, the first in the upper half; each names a number of a table.
///
/// Specification: `spec/quantized.md`, clause Q7.2.
struct BlockwiseWeights: QuantizedWeights {
  /// Scales that are codes themselves.
  struct Nested: Sendable {
    /// A scale for each block of scales.
    let scales: CheckpointTensor
    let blockSize: Int
    /// What is added to a scale.
    let offset: Float
    /// The numbers that the codes stand for.
    let map: [Float]
  }

  let codes, scales: CheckpointTensor
  let map: [Float]
  let blockSize: Int
  let nested: Nested?
  /// All values: blocks go on from row to row.
  let width: Int

  var meaning: [Int] { [4, blockSize] }

  func decode(
    rows: Range<Int>, columns: Range<Int>, into values: UnsafeMutableBufferPointer<Float>,
    from source: QuantizedSource
  ) throws {
    let first = columns.lowerBound / 2
    let bytes = try source.bytes(codes, first..<(columns.upperBound + 1) / 2)
    let blocks = columns.lowerBound / blockSize..<(columns.upperBound - 1) / blockSize + 1
    let scales = try scales(of: blocks, source)
    map.withUnsafeBufferPointer { map in
      bytes.withUnsafeBufferPointer { bytes in
        var column = columns.lowerBound
        for (block, scale) in zip(blocks, scales) {
          let end = min(columns.upperBound, (block + 1) * blockSize)
          while column < end {
            let byte = bytes[column >> 1 - first]
            let code = column & 1 == 0 ? byte >> 4 : byte & 0x0F
            values[column - columns.lowerBound] = map[Int(code)] * scale
            column += 1
          }
        }
      }
    }
  }

  private func scales(of blocks: Range<Int>, _ source: QuantizedSource) throws -> [Float] {
    guard let nested else { return try source.floats(scales, blocks) }
    let codes = try source.bytes(scales, blocks)
    let range = blocks.lowerBound / nested.blockSize..<(blocks.upperBound - 1) / nested.blockSize + 1
    let outer = try source.floats(nested.scales, range)
    return zip(blocks, codes).map { block, code in
      let product = nested.map[Int(code)] * outer[block / nested.blockSize - range.lowerBound]
      return product + nested.offset
    }
  }
}
