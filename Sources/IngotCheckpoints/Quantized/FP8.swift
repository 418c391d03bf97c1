import IngotContainer
import IngotEncodings

/// Finds weights of 8-bit floats with scales: `X.weight` and `X.weight_scale_inv` or `X.weight_scale`, both of which multiply.
///
/// Specification: `spec/quantized.md`, clause Q5.
struct FP8: QuantizationScheme {
  /// The rows and columns that share a scale, where not all of a tensor do.
  let block: (rows: Int, columns: Int)?
  let ignored: IgnoredModules

  private static let scaleSuffixes = ["_scale_inv", "_scale"]

  func weights(in tensor: CheckpointTensor, of source: QuantizedSource) throws -> QuantizedTensor? {
    let module = tensor.name.base(before: ".weight")
    if ignored.contains(module ?? tensor.name) { return nil }
    try refuseOrphan(tensor, source)
    guard tensor.type.isFloat8, tensor.shape.count >= 2 else { return nil }
    let names = Self.scaleSuffixes.map { tensor.name + $0 } + (module.map { [$0 + ".qscale_weight"] } ?? [])
    guard let scales = names.lazy.compactMap(source.tensor).first else {
      guard module != nil else { return nil }
      throw source.fault(
        .schema, tensor, found: "weights without scales", expected: "a tensor \(names[0].quoted)")
    }
    guard tensor.elementCount > 0 else { throw source.misfit(tensor, expected: "weights") }
    let grid = try grid(scales, tensor, source)
    return QuantizedTensor(
      name: tensor.name, shape: tensor.shape, words: "FP8 \(tensor.type.shortName), \(grid.words(tensor))",
      parts: [tensor, scales],
      weights: ScaledWeights(
        codes: tensor, type: tensor.type, width: tensor.shape[tensor.shape.count - 1], grid: grid))
  }

  private func grid(
    _ scales: CheckpointTensor, _ tensor: CheckpointTensor, _ source: QuantizedSource
  ) throws -> ScaleGrid {
    if scales.elementCount == 1 { return try ScaleGrid(scales, over: tensor.shape, .tensor, of: source) }
    if let block {
      return try ScaleGrid(
        scales, over: tensor.shape, .block(rows: block.rows, columns: block.columns), of: source)
    }
    // One for each matrix, or one for each row.
    let matrices = tensor.shape.dropLast(2).reduce(1, *)
    return try ScaleGrid(
      scales, over: tensor.shape, scales.elementCount == matrices ? .tensor : .channel, of: source)
  }

  /// Refuses scales without weights, which would be lost.
  private func refuseOrphan(_ tensor: CheckpointTensor, _ source: QuantizedSource) throws {
    guard let name = tensor.name.base(before: "_scale_inv") else { return }
    guard let weights = source.tensor(name), weights.type.isFloat8 else {
      throw source.fault(
        .schema, tensor, found: "scales without weights",
        expected: "a tensor \(name.quoted) of an 8-bit float type")
    }
  }

  func isLeftOut(_ name: String) -> Bool {
    [".activation_scale", "_activation_scale", ".input_scale", ".qscale_act", ".k_scale", ".v_scale"]
      .contains { name.base(before: $0) != nil }
  }

  static func isEvidence(_ tensor: CheckpointTensor, among tensors: CheckpointTensors) -> Bool {
    if tensor.name.base(before: "_scale_inv") != nil { return true }
    return tensor.type.isFloat8 && tensors.contains(tensor.name + "_scale")
  }
}

extension ElementType {
  /// Whether it is a float of 8 bits that weights are stored as.
  var isFloat8: Bool { self == .float8E4M3 || self == .float8E5M2 }

  /// The name of a float of 8 bits without its size.
  var shortName: String { self == .float8E4M3 ? "E4M3" : "E5M2" }
}

extension ScaleGrid {
  /// How the scales of some weights are shared, in words.
  func words(_ weights: CheckpointTensor) -> String { words(over: weights.shape) }

  func words(over shape: [Int]) -> String {
    let (rows, columns) = (shape[shape.count - 2], shape[shape.count - 1])
    switch (rowsPerScale, columnsPerScale) {
    case (rows, columns): return "one scale"
    case (1, columns): return "a scale a row"
    case (1, let size): return "groups of \(size)"
    case (let high, let wide): return "blocks of \(high) × \(wide)"
    }
  }
}
