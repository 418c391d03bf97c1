import IngotContainer
import IngotEncodings
import IngotFiles

/// Makes packed weights and their scales one tensor each.
///
/// Specification: `spec/safetensors.md`, clauses S9.2 to S9.4.
struct PackedTernaryTable {
  private let table: CheckpointTensors
  private let files: [RegularFile]
  private let use: QuantizationNote.ScaleUse

  init(_ table: CheckpointTensors, files: [RegularFile], use: QuantizationNote.ScaleUse) {
    self.table = table
    self.files = files
    self.use = use
  }

  /// The tensors with `weights` unpacked and without their scales.
  func joined(_ weights: [CheckpointTensor]) throws -> CheckpointTensors {
    var unpacked: [ExactName: CheckpointTensor] = [:]
    var scales: Set<ExactName> = []
    for weight in weights {
      unpacked[ExactName(weight.name)] = try joined(weight)
      scales.insert(ExactName(PackedTernary.scaleName(of: weight)))
    }
    var result = CheckpointTensors()
    for tensor in table where !scales.contains(ExactName(tensor.name)) {
      _ = result.append(unpacked[ExactName(tensor.name)] ?? tensor)
    }
    return result
  }

  private func joined(_ weight: CheckpointTensor) throws -> CheckpointTensor {
    guard weight.shape.count == 2 else {
      throw error(
        .schema, weight, found: "bytes of the shape \(weight.shape)", expected: "packed rows: two dimensions")
    }
    guard let rows = Checked.product(weight.shape[0], PackedTernary.fieldCount),
      let elementCount = Checked.product(weight.elementCount, PackedTernary.fieldCount)
    else {
      throw error(
        .overflow, weight, found: weight.shape[0].counted("packed row"),
        expected: "fewer than 2^63 rows in all")
    }
    let name = PackedTernary.scaleName(of: weight)
    guard let scale = table[name] else {
      throw error(
        .schema, weight, found: "packed weights without a scale", expected: "a tensor \(name.quoted)")
    }
    return CheckpointTensor(
      name: weight.name, shape: [rows, weight.shape[1]], type: .ternary(scale: try value(of: scale)),
      elementCount: elementCount, byteCount: weight.byteCount, location: weight.location)
  }

  /// Whether a tensor is one float, of a type that scales have.
  static func isScale(_ tensor: CheckpointTensor) -> Bool {
    switch tensor.type {
    case .float16, .bfloat16, .float32: tensor.shape == [1] || tensor.shape.isEmpty
    default: false
    }
  }

  /// What the codes are to be multiplied by.
  private func value(of scale: CheckpointTensor) throws -> Float {
    guard Self.isScale(scale) else {
      throw error(
        .schema, scale, found: "a \(scale.type) scale of the shape \(scale.shape)",
        expected: "one number of the type F16, BF16 or F32")
    }
    var bytes = [UInt8](repeating: 0, count: scale.byteCount)
    try bytes.withUnsafeMutableBytes { buffer in
      try files[scale.location.file].read(into: buffer, at: scale.location.offset)
    }
    var values: [Float] = [0]
    var span = values.mutableSpan
    try scale.type.decode(bytes.span.bytes, into: &span)
    let stored = values[0]
    let result = use == .multiplies ? stored.magnitude : 1 / stored
    guard stored >= 0, stored.isFinite, result.isFinite else {
      throw error(
        .value, scale, found: "the scale \(stored)",
        expected: use == .multiplies
          ? "a finite number that is not negative"
          : "a finite number above zero with a finite reciprocal, by which the weights are divided")
    }
    return result
  }

  private func error(
    _ code: CheckpointError.Code, _ tensor: CheckpointTensor, found: String, expected: String
  ) -> CheckpointError {
    CheckpointError(
      code, files[tensor.location.file].path, at: tensor.location.offset, .tensor(tensor.name), found: found,
      expected: expected)
  }
}
