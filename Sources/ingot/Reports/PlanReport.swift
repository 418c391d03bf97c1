import IngotConversion

/// What `ingot convert --dry-run` shows: each tensor with its source, encoding and reason.
struct PlanReport: Encodable {
  let family: String?
  let byteCount: UInt64
  let dataOffset: UInt64
  let alignment: Int
  let tensors: LongList<PlannedTensors>
  /// The files of a split set, or the one that is asked for.
  let parts: [Part]?
  let importance: ImportanceReport?
  let secondMoments: SecondMomentReport?

  /// A file of a split set.
  struct Part: Encodable {
    /// The number of the file, from 1.
    let number: Int
    let output: String?
    let byteCount: UInt64
    /// The place of its first tensor, and how many it has.
    let firstTensor: Int
    let tensors: Int

    init(_ set: SetOutput, _ index: Int) throws {
      let plan = try set.parts.plan(index)
      number = index + 1
      output = set.path(index)?.string
      byteCount = plan.byteCount
      firstTensor = set.parts.ranges[index].lowerBound
      tensors = plan.tensors.count
    }
  }

  init(_ plan: ConversionPlan, parts set: SetOutput? = nil) throws {
    parts = try set.map { set in try set.indices.map { try Part(set, $0) } }
    family = plan.family
    byteCount = plan.byteCount
    dataOffset = plan.header.dataOffset
    alignment = plan.header.alignment
    tensors = LongList(plan.tensors)
    importance = ImportanceReport(plan)
    secondMoments = SecondMomentReport(plan)
  }

  func show(asJSON: Bool) throws {
    if asJSON { return try JSONText.print(self, listing: tensors, as: "tensors") }
    let isRenamed = tensors.elements.contains { $0.sourceName != $0.name }
    Table(
      [("tensor", .left)] + (isRenamed ? [("in the checkpoint", .left)] : []) + [
        ("from", .left), ("shape", .left), ("to", .left), ("size", .right), ("why", .left),
      ], expendable: ["in the checkpoint", "shape", "from"], lastColumn: .wrapped,
      rows: tensors.elements.lazy.map { Self.cells($0, isRenamed: isRenamed) }
    ).show()
    print(
      "\n\(family.map { "as \($0): " } ?? "")\(Format.count(tensors.elements.count, "tensor")), \(Format.bytes(byteCount)); nothing was written (--dry-run)"
    )
    if let parts { Self.show(parts) }
    importance?.show()
    secondMoments?.show()
  }

  private static func cells(_ tensor: PlannedTensor, isRenamed: Bool) -> [String] {
    [tensor.name] + (isRenamed ? [tensor.sourceName] : []) + [
      tensor.sourceType, Format.shape(tensor.sourceShape), tensor.encoding.name,
      Format.bytes(tensor.byteCount),
      tensor.reason.description + (tensor.change.map { "; \($0)" } ?? "")
        + (tensor.importance == nil ? "" : ", weighted")
        + (tensor.secondMoments == nil ? "" : ", with feedback"),
    ]
  }

  private static func show(_ parts: [Part]) {
    var table = Table(("part", .right), ("tensors", .right), ("size", .right), ("file", .left))
    for part in parts {
      table.append(
        "\(part.number)", Format.count(part.tensors), Format.bytes(part.byteCount), part.output ?? "")
    }
    table.show()
  }
}
