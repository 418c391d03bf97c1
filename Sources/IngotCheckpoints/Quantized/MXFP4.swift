import IngotContainer
import IngotEncodings

/// Finds weights of MXFP4 as gpt-oss stores them: `X_blocks` and `X_scales`.
///
/// Specification: `spec/quantized.md`, clause Q8.
struct MXFP4: QuantizationScheme {
  /// The bytes of a block, two codes each.
  private static let blockByteCount = 16

  func weights(in tensor: CheckpointTensor, of source: QuantizedSource) throws -> QuantizedTensor? {
    guard let base = tensor.name.base(before: "_blocks") else { return nil }
    guard tensor.type == .uint8, tensor.shape.count >= 3, tensor.shape.last == Self.blockByteCount,
      tensor.elementCount > 0
    else {
      throw source.misfit(tensor, expected: "U8 [..., rows, blocks, \(Self.blockByteCount)]")
    }
    let scales = try source.needed(base + "_scales", for: tensor, "scales")
    guard scales.type == .uint8, scales.shape == Array(tensor.shape.dropLast()) else {
      throw source.misfit(scales, expected: "U8 \(Array(tensor.shape.dropLast()))")
    }
    guard let width = Checked.product(tensor.shape[tensor.shape.count - 2], 2 * Self.blockByteCount) else {
      throw source.misfit(tensor, expected: "fewer than 2^63 values a row")
    }
    let shape = tensor.shape.dropLast(2) + [width]
    return QuantizedTensor(
      name: base, shape: Array(shape), words: "MXFP4, groups of 32", parts: [tensor, scales],
      weights: ScaledWeights(
        codes: tensor, type: .float4E2M1, width: width,
        grid: try ScaleGrid(
          scales, as: .float8E8M0, over: Array(shape), .group(2 * Self.blockByteCount), of: source)))
  }

  static func isEvidence(_ tensor: CheckpointTensor, among tensors: CheckpointTensors) -> Bool {
    tensor.type == .uint8 && tensor.shape.count >= 3 && tensor.name.base(before: "_blocks") != nil
  }
}
