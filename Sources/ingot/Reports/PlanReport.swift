import IngotConversion

/// What `ingot convert --dry-run` shows: each tensor with its source, encoding and reason.
struct PlanReport: Encodable {
  let family: String?
  let byteCount: UInt64
  let dataOffset: UInt64
  let alignment: Int
  let tensors: [PlannedTensor]
  let importance: ImportanceReport?
  let secondMoments: SecondMomentReport?

  init(_ plan: ConversionPlan) {
    family = plan.family
    byteCount = plan.byteCount
    dataOffset = plan.header.dataOffset
    alignment = plan.header.alignment
    tensors = plan.tensors
    importance = ImportanceReport(plan)
    secondMoments = SecondMomentReport(plan)
  }

  func show(asJSON: Bool) throws {
    if asJSON { return print(try JSONText.of(self)) }
    var table = Table(
      ("tensor", .left), ("from", .left), ("shape", .left), ("to", .left), ("size", .right), ("why", .left))
    for tensor in tensors {
      let name =
        tensor.sourceName == tensor.name ? tensor.name : "\(tensor.sourceName) → \(tensor.name)"
      table.append(
        name, tensor.sourceType, Format.shape(tensor.sourceShape), tensor.encoding.name,
        Format.bytes(tensor.byteCount),
        tensor.reason.description + (tensor.change.map { "; \($0)" } ?? "")
          + (tensor.importance == nil ? "" : ", weighted")
          + (tensor.secondMoments == nil ? "" : ", with feedback"))
    }
    table.show()
    print(
      "\n\(family.map { "as \($0): " } ?? "")\(Format.count(tensors.count, "tensor")), \(Format.bytes(byteCount)); nothing was written (--dry-run)"
    )
    importance?.show()
    secondMoments?.show()
  }
}
