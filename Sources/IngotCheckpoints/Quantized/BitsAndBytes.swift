import IngotContainer
import IngotEncodings

/// Finds weights of bitsandbytes, which describe themselves: NF4 and FP4 by their state, LLM.int8 by their scales `X.SCB`.
///
/// Specification: `spec/quantized.md`, clause Q7.
struct BitsAndBytes: QuantizationScheme {
  let limits: CheckpointLimits
  private static let statePrefix = ".quant_state.bitsandbytes__"
  private static let kinds = ["nf4", "fp4"]

  func weights(in tensor: CheckpointTensor, of source: QuantizedSource) throws -> QuantizedTensor? {
    for kind in Self.kinds {
      if let state = source.tensor(tensor.name + Self.statePrefix + kind) {
        return try fourBits(tensor, state, kind, source)
      }
      if let name = tensor.name.base(before: Self.statePrefix + kind) {
        // A state without weights would be lost.
        _ = try source.needed(name, for: tensor, "the weights that the state is of")
      }
    }
    guard let module = tensor.name.base(before: ".weight"), tensor.type == .int8,
      let scales = source.tensor(module + ".SCB")
    else { return nil }
    return try eightBits(tensor, module, scales, source)
  }

  private func eightBits(
    _ tensor: CheckpointTensor, _ module: String, _ scales: CheckpointTensor, _ source: QuantizedSource
  ) throws -> QuantizedTensor {
    guard tensor.shape.count == 2, tensor.elementCount > 0 else {
      throw source.misfit(tensor, expected: "weights of two dimensions")
    }
    guard scales.type == .float32 else { throw source.misfit(scales, expected: "F32 scales") }
    var parts = [tensor, scales]
    if let format = source.tensor(module + ".weight_format") {
      guard format.type == .uint8, format.elementCount == 1 else {
        throw source.misfit(format, expected: "one byte")
      }
      let number = try source.bytes(format, 0..<1)[0]
      guard number == 0 else {
        throw source.fault(
          .value, format, found: "the order of weights \(number)", expected: "0, row after row")
      }
      parts.append(format)
    }
    let grid = try ScaleGrid(scales, over: tensor.shape, .channel, of: source)
    var weights = ScaledWeights(codes: tensor, type: .int8, width: tensor.shape[1], grid: grid)
    weights.adjustment = .timesProduct(1 / 127)
    return QuantizedTensor(
      name: tensor.name, shape: tensor.shape, words: "LLM.int8, \(grid.words(tensor))", parts: parts,
      weights: weights)
  }

  private func fourBits(
    _ tensor: CheckpointTensor, _ stateTensor: CheckpointTensor, _ kind: String, _ source: QuantizedSource
  ) throws -> QuantizedTensor {
    let state = try BitsAndBytesState(stateTensor, kind, source, limits)
    guard let count = Checked.product(of: state.shape), count > 0 else {
      throw source.fault(
        .overflow, stateTensor, found: "the shape \(state.shape)", expected: "from 1 to 2^63 - 1 values")
    }
    // What type the bytes are said to be does not matter.
    let byteCount = (count - 1) / 2 + 1
    guard tensor.byteCount == byteCount else {
      throw source.misfit(
        tensor, expected: "\(byteCount.counted("byte")), two codes each, for the shape \(state.shape)")
    }
    let blocks = (count - 1) / state.blockSize + 1
    let scales = try source.needed(tensor.name + ".absmax", for: tensor, "scales")
    let map = try table(tensor, ".quant_map", 16, source)
    let nested = try state.nested.map { nested in
      guard scales.type == .uint8, scales.shape == [blocks] else {
        throw source.misfit(scales, expected: "U8 [\(blocks)], a code for each block of \(state.blockSize)")
      }
      let blocks = (blocks - 1) / nested.blockSize + 1
      let tensorOfScales = try source.needed(tensor.name + ".nested_absmax", for: tensor, "scales of scales")
      guard tensorOfScales.type == .float32, tensorOfScales.shape == [blocks] else {
        throw source.misfit(
          tensorOfScales, expected: "F32 [\(blocks)], a scale for every \(nested.blockSize.counted("scale"))")
      }
      return BlockwiseWeights.Nested(
        scales: tensorOfScales, blockSize: nested.blockSize, offset: nested.offset,
        map: try table(tensor, ".nested_quant_map", 256, source))
    }
    if nested == nil, scales.type != .float32 || scales.shape != [blocks] {
      throw source.misfit(scales, expected: "F32 [\(blocks)], a scale for each block of \(state.blockSize)")
    }
    let others = [".absmax", ".quant_map", ".nested_absmax", ".nested_quant_map"].compactMap {
      source.tensor(tensor.name + $0)
    }
    return QuantizedTensor(
      name: tensor.name, shape: state.shape,
      words: "\(kind.uppercased()), blocks of \(state.blockSize)" + (nested == nil ? "" : ", nested scales"),
      parts: [tensor, stateTensor] + others,
      weights: BlockwiseWeights(
        codes: tensor, scales: scales, map: map, blockSize: state.blockSize, nested: nested, width: count))
  }

  /// The numbers that codes stand for.
  private func table(
    _ tensor: CheckpointTensor, _ suffix: String, _ count: Int, _ source: QuantizedSource
  ) throws -> [Float] {
    let map = try source.needed(tensor.name + suffix, for: tensor, "the numbers that codes stand for")
    guard map.type == .float32, map.shape == [count] else {
      throw source.misfit(map, expected: "F32 [\(count)]")
    }
    return try source.floats(map, 0..<count)
  }

  static func isEvidence(_ tensor: CheckpointTensor, among tensors: CheckpointTensors) -> Bool {
    kinds.contains { tensor.name.base(before: statePrefix + $0) != nil }
      || tensor.name.base(before: ".SCB").map { tensors.contains($0 + ".weight") } ?? false
  }
}
