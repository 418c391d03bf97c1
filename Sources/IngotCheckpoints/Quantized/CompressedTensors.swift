import IngotContainer
import IngotEncodings

/// Finds weights of compressed-tensors: `X.weight` or `X.weight_packed`, with `X.weight_scale` and others.
///
/// Specification: `spec/quantized.md`, clause Q6.
struct CompressedTensors: QuantizationScheme {
  /// How the weights of a group of modules are stored.
  struct Group: Sendable, Hashable {
    enum Format: String, Sendable, CaseIterable {
      case floatQuantized = "float-quantized"
      case intQuantized = "int-quantized"
      case naiveQuantized = "naive-quantized"
      case packQuantized = "pack-quantized"
      case nvfp4 = "nvfp4-pack-quantized"
      case mxfp4 = "mxfp4-pack-quantized"
    }

    let format: Format
    let isFloat: Bool
    let bits: Int
    /// How scales are shared; `nil` where the configuration does not say.
    let strategy: ScaleGrid.Strategy?
    /// Whether codes lie evenly around zero, so that there are no zero points.
    let isSymmetric: Bool
  }

  let groups: [Group]
  let ignored: IgnoredModules

  func weights(in tensor: CheckpointTensor, of source: QuantizedSource) throws -> QuantizedTensor? {
    let isPacked = tensor.name.base(before: ".weight_packed") != nil
    guard let module = tensor.name.base(before: isPacked ? ".weight_packed" : ".weight") else {
      try refuseOrphan(tensor, source)
      return nil
    }
    if ignored.contains(module) { return nil }
    let isCode = tensor.type == .int8 || tensor.type.isFloat8
    guard isPacked || source.tensor(module + ".weight_scale") != nil || isCode else { return nil }
    guard tensor.shape.count >= 2, tensor.elementCount > 0 else {
      throw source.misfit(tensor, expected: "weights of two dimensions")
    }
    // Which group a module is of is said by patterns. Its shapes say it as well: what fits two of them means the same, for codes of
    // few bits are some of those of more, which come first.
    var found: [QuantizedTensor] = []
    var misfit: (any Error)?
    for group in groups.sorted(by: { $0.bits > $1.bits }) {
      do {
        let made = try weights(of: module, in: tensor, isPacked, group, source)
        if !found.contains(where: { $0.weights.meaning == made.weights.meaning }) { found.append(made) }
      } catch let error as CheckpointError {
        misfit = misfit ?? error
      }
    }
    guard found.count <= 1 else {
      throw source.fault(
        .schema, tensor, found: "weights that are \(found.map(\.words).joined(separator: ", or "))",
        expected: "shapes that fit one of the config_groups")
    }
    if let found = found.first { return found }
    throw misfit
      ?? source.fault(
        .schema, tensor, found: "quantized weights", expected: "config_groups that say how")
  }

  private func weights(
    of module: String, in tensor: CheckpointTensor, _ isPacked: Bool, _ group: Group,
    _ source: QuantizedSource
  ) throws -> QuantizedTensor {
    switch group.format {
    case .packQuantized where isPacked: try packed(module, tensor, group, source)
    case .nvfp4 where isPacked: try fourBitFloats(module, tensor, "NVFP4", groupSize: 16, source)
    case .mxfp4 where isPacked: try fourBitFloats(module, tensor, "MXFP4", groupSize: 32, source)
    case .floatQuantized where !isPacked, .intQuantized where !isPacked, .naiveQuantized where !isPacked:
      try plain(module, tensor, group, source)
    default:
      throw source.fault(
        .schema, tensor, found: isPacked ? "packed weights" : "weights that are not packed",
        expected: "those of the format \(group.format.rawValue)")
    }
  }

  /// Codes that have a tensor element each.
  private func plain(
    _ module: String, _ tensor: CheckpointTensor, _ group: Group, _ source: QuantizedSource
  ) throws -> QuantizedTensor {
    guard group.isFloat ? tensor.type.isFloat8 : tensor.type == .int8 else {
      throw source.misfit(
        tensor, expected: group.isFloat ? "8-bit floats" : "I8, integers of \(group.bits.counted("bit"))")
    }
    let scales = try source.needed(module + ".weight_scale", for: tensor, "scales")
    let strategy = group.strategy ?? (scales.elementCount == 1 ? .tensor : .channel)
    let grid = try ScaleGrid(scales, over: tensor.shape, strategy, of: source)
    var weights = ScaledWeights(
      codes: tensor, type: tensor.type, width: tensor.shape[tensor.shape.count - 1], grid: grid)
    if !group.isFloat {
      if group.bits < 8 {
        let half = Int8(1) << Int8(group.bits - 1)
        weights.limits = -half...half - 1
      }
      weights.zeros = try zeroPoints(module, tensor, group, source) { zeros in
        guard zeros.type == .int8, zeros.shape == scales.shape else {
          throw source.misfit(zeros, expected: "I8 \(scales.shape), as the scales")
        }
      }
    }
    return QuantizedTensor(
      name: tensor.name, shape: tensor.shape,
      words:
        "\(group.format.rawValue), \(group.isFloat ? "FP8 \(tensor.type.shortName)" : group.bits.counted("bit")), \(grid.words(tensor))",
      parts: [tensor, scales] + [weights.zeros].compactMap(\.self), weights: weights)
  }

  /// The zero points of a module, checked; `nil` where it has none.
  private func zeroPoints(
    _ module: String, _ tensor: CheckpointTensor, _ group: Group, _ source: QuantizedSource,
    _ check: (CheckpointTensor) throws -> Void
  ) throws -> CheckpointTensor? {
    let name = module + ".weight_zero_point"
    guard let zeros = source.tensor(name) else {
      guard !group.isSymmetric else { return nil }
      _ = try source.needed(name, for: tensor, "zero points, which are not symmetric")
      return nil
    }
    try check(zeros)
    return zeros
  }

  /// Codes in words of 32 bits.
  private func packed(
    _ module: String, _ tensor: CheckpointTensor, _ group: Group, _ source: QuantizedSource
  ) throws -> QuantizedTensor {
    guard tensor.type == .int32, tensor.shape.count == 2 else {
      throw source.misfit(tensor, expected: "I32 words of two dimensions")
    }
    let packing = PackedWords(bits: group.bits)
    let shape = try statedShape(module, tensor, source)
    let (rows, columns) = (shape[0], shape[1])
    guard tensor.shape == [rows, packing.wordCount(columns)] else {
      throw source.misfit(
        tensor,
        expected:
          "I32 \([rows, packing.wordCount(columns)]), since the weights are \(shape) of \(group.bits.counted("bit"))"
      )
    }
    let scales = try source.needed(module + ".weight_scale", for: tensor, "scales")
    guard scales.type.isScale, scales.shape.count == 2, scales.shape[0] == rows, scales.shape[1] > 0 else {
      throw source.misfit(scales, expected: "floats of the shape [\(rows), groups]")
    }
    let groups = scales.shape[1]
    var size: Int?
    if case .group(let stated)? = group.strategy { size = stated }
    let index = try GroupIndex(
      named: module + ".weight_g_idx", size: size, columns: columns, count: groups, scales: scales, of: source
    )
    let zeros = try zeroPoints(module, tensor, group, source) { zeros in
      let expected = [packing.wordCount(rows), groups]
      guard zeros.type == .int32, zeros.shape == expected else {
        throw source.misfit(zeros, expected: "I32 \(expected), packed zero points")
      }
    }
    let others = ["_scale", "_shape", "_zero_point", "_g_idx"].compactMap {
      source.tensor(module + ".weight" + $0)
    }
    return QuantizedTensor(
      name: module + ".weight", shape: shape,
      words: "pack-quantized, \(group.bits.counted("bit")) in \(index.words)", parts: [tensor] + others,
      weights: PackedIntegers(
        codes: tensor, scales: scales, zeros: zeros, groups: index, packing: packing, width: columns,
        rowWordCount: tensor.shape[1]))
  }

  /// The shape that a tensor of two numbers states.
  private func statedShape(
    _ module: String, _ tensor: CheckpointTensor, _ source: QuantizedSource
  ) throws -> [Int] {
    let stated = try source.needed(module + ".weight_shape", for: tensor, "their shape")
    let numbers: [Int64]
    switch (stated.type, stated.shape) {
    case (.int64, [2]): numbers = try source.integers(stated, 0..<2)
    case (.int32, [2]): numbers = try source.integers(stated, 0..<2, as: Int32.self).map(Int64.init)
    default: throw source.misfit(stated, expected: "I64 [2] or I32 [2]")
    }
    guard numbers.allSatisfy({ $0 > 0 }) else {
      throw source.fault(
        .value, stated, found: "the shape \(numbers)", expected: "two numbers above zero")
    }
    return numbers.map { Int($0) }
  }

  /// Floats of 4 bits, two a byte.
  private func fourBitFloats(
    _ module: String, _ tensor: CheckpointTensor, _ name: String, groupSize: Int, _ source: QuantizedSource
  ) throws -> QuantizedTensor {
    guard tensor.type == .uint8, tensor.shape.count == 2, let width = Checked.product(tensor.shape[1], 2)
    else { throw source.misfit(tensor, expected: "U8 of two dimensions, two codes a byte") }
    let shape = [tensor.shape[0], width]
    let scales = try source.needed(module + ".weight_scale", for: tensor, "scales")
    let isNVFP4 = groupSize == 16
    guard scales.type == (isNVFP4 ? .float8E4M3 : .uint8) || (!isNVFP4 && scales.type == .float8E8M0) else {
      throw source.misfit(scales, expected: isNVFP4 ? "F8_E4M3 scales" : "U8 or F8_E8M0 scales")
    }
    let grid = try ScaleGrid(
      scales, as: isNVFP4 ? nil : .float8E8M0, over: shape, .group(groupSize), of: source)
    var weights = ScaledWeights(codes: tensor, type: .float4E2M1, width: width, grid: grid)
    var parts = [tensor, scales]
    if isNVFP4 {
      let global = try source.needed(module + ".weight_global_scale", for: tensor, "a scale of all")
      weights.adjustment = .divided(try Self.number(global, source))
      parts.append(global)
    }
    return QuantizedTensor(
      name: module + ".weight", shape: shape, words: "\(name), \(grid.words(over: shape))", parts: parts,
      weights: weights)
  }

  /// The one number of a tensor, by which scales are divided.
  private static func number(_ tensor: CheckpointTensor, _ source: QuantizedSource) throws -> Float {
    guard tensor.type == .float32, tensor.elementCount == 1 else {
      throw source.misfit(tensor, expected: "one number of the type F32")
    }
    let number = try source.floats(tensor, 0..<1)[0]
    guard number.isFinite, number > 0 else {
      throw source.fault(
        .value, tensor, found: "the scale \(number)", expected: "a finite number above zero, which divides")
    }
    return number
  }

  /// Refuses scales without weights, which would be lost.
  private func refuseOrphan(_ tensor: CheckpointTensor, _ source: QuantizedSource) throws {
    guard let module = tensor.name.base(before: ".weight_scale"), !ignored.contains(module) else { return }
    guard source.tensor(module + ".weight") == nil, source.tensor(module + ".weight_packed") == nil else {
      return
    }
    throw source.fault(
      .schema, tensor, found: "scales without weights",
      expected: "a tensor \((module + ".weight").quoted) or \((module + ".weight_packed").quoted)")
  }

  func isLeftOut(_ name: String) -> Bool {
    [
      ".input_scale", ".input_zero_point", ".input_global_scale", ".output_scale", ".output_zero_point",
      ".k_scale", ".v_scale", ".q_scale",
    ].contains { name.base(before: $0) != nil }
  }

  static func isEvidence(_ tensor: CheckpointTensor, among tensors: CheckpointTensors) -> Bool {
    if tensor.name.base(before: ".weight_packed") != nil { return true }
    guard tensor.type == .int8 || tensor.type.isFloat8 else { return false }
    return tensors.contains(tensor.name + "_scale")
  }
}
