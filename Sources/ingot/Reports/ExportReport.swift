import IngotConversion
import SystemPackage

/// What `ingot export --dry-run` shows: each tensor with what it is made of.
struct ExportPlanReport: Encodable {
  /// A tensor of the output.
  struct Tensor: Encodable {
    let name: String
    let shape: [Int]
    let type: String
    let source: String
    let sourceType: String
    let change: String?
    let byteCount: Int
  }

  let family: String?
  let format: String
  let byteCount: UInt64
  let tensors: LongList<LazyMapCollection<ExportPlan.Tensors, Tensor>>
  let leftOut: [String]

  init(_ plan: ExportPlan, format: ExportFormat) {
    family = plan.family
    self.format = format.rawValue
    byteCount = plan.byteCount
    tensors = LongList(
      plan.tensors.lazy.map {
        Tensor(
          name: $0.name, shape: $0.shape, type: $0.type.name, source: $0.source,
          sourceType: $0.sourceType.name, change: $0.change, byteCount: $0.byteCount)
      })
    leftOut = plan.leftOut
  }

  func show(asJSON: Bool) throws {
    if asJSON { return try JSONText.print(self, listing: tensors, as: "tensors") }
    let isRenamed = tensors.elements.contains { $0.source != $0.name }
    let isChanged = tensors.elements.contains { $0.change != nil }
    Table(
      [("tensor", .left)] + (isRenamed ? [("in the model", .left)] : []) + [
        ("from", .left), ("shape", .left), ("to", .left), ("size", .right),
      ] + (isChanged ? [("change", .left)] : []),
      expendable: ["in the model", "shape", "from"], lastColumn: isChanged ? .wrapped : .whole,
      rows: tensors.elements.lazy.map { Self.cells($0, isRenamed: isRenamed, isChanged: isChanged) }
    ).show()
    print(
      "\n\(family.map { "as \($0): " } ?? "")\(Format.count(tensors.elements.count, "tensor")), \(Format.bytes(byteCount)) as \(format); nothing was written (--dry-run)"
    )
    ExportSummary.show(leftOut: leftOut)
  }

  private static func cells(_ tensor: Tensor, isRenamed: Bool, isChanged: Bool) -> [String] {
    [tensor.name] + (isRenamed ? [tensor.source] : []) + [
      tensor.sourceType, Format.shape(tensor.shape), tensor.type, Format.bytes(tensor.byteCount),
    ] + (isChanged ? [tensor.change ?? ""] : [])
  }
}

/// What `ingot export` says when it is done.
struct ExportSummary: Encodable {
  let output: String
  let family: String?
  let byteCount: UInt64
  let files: [String]
  let tensors: Int
  let seconds: Double
  let leftOut: [String]

  init(_ plan: ExportPlan, _ report: ConversionReport, output: FilePath) {
    self.output = output.string
    family = plan.family
    byteCount = report.byteCount
    files = report.outputs.map(\.path.string)
    tensors = report.tensorCount
    seconds = report.duration / .seconds(1)
    leftOut = plan.leftOut
  }

  func show(asJSON: Bool) throws {
    if asJSON { return print(try JSONText.of(self)) }
    print(
      "\(output.escaped): \(Format.bytes(byteCount))\(files.count == 1 ? "" : " in \(files.count) files"); \(Format.count(tensors, "tensor")); \(Format.duration(.seconds(seconds)))\(family.map { "; as \($0)" } ?? "")"
    )
    Self.show(leftOut: leftOut)
  }

  static func show(leftOut: [String]) {
    guard !leftOut.isEmpty else { return }
    print("left out, since it follows from the configuration: \(leftOut.joined(separator: ", "))")
  }
}
