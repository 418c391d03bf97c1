import IngotCheckpoints

/// Which element types the tensors of an export get.
struct TypeChoice {
  /// F32, F16 or BF16 for all floats; `nil` keeps each tensor's own type.
  let floats: ElementType?
  /// What is written, which may not have every type.
  let format: ExportFormat

  /// What becomes of the elements of a tensor.
  ///
  /// Specification: `spec/export.md`, clauses X3.1 and X3.2.
  ///
  /// - Parameters:
  ///   - decoded: The type of what is read.
  ///   - stored: The type in the container, before it is decoded.
  ///   - original: The type that the container says that they had, if it does.
  func kind(
    of decoded: ElementType, storedAs stored: ElementType, originally original: ElementType?
  ) -> ExportPlan.Tensors.Kind {
    var type = decoded
    var transform = ExportPlan.Transform.copy
    if let floats, decoded.kind == .float, decoded != floats, original.map({ $0.kind == .float }) ?? true {
      (type, transform) = (floats, .encode(floats.exactEncoding))
    } else if let original, original != stored, stored.isEncoding, stored.kind != .blocks {
      if original.exactEncoding == stored.exactEncoding {
        (type, transform) = (original, .restore)
      } else if original.kind == .float, stored == .float32 {
        (type, transform) = (original, .narrow)
      }
    }
    if !format.holds(type) {
      // What has no type of its own goes through the floats that hold it.
      transform = decoded == .float32 ? .copy : .encode(.f32)
      type = .float32
    }
    return ExportPlan.Tensors.Kind(
      type: type, sourceType: stored, transform: transform,
      isPair: original == .complex64 && type != .complex64)
  }
}
