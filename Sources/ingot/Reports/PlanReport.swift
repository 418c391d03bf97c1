import IngotConversion

/// What `ingot convert --dry-run` shows: each tensor with its source, encoding and reason.
struct PlanReport: Encodable {
  struct Tensor: Encodable {
    let source: String
    let sourceType: String
    let sourceShape: [Int]
    let name: String
    let dimensions: [Int]
    let encoding: String
    let transform: String
    let reason: String
    let why: String
    let byteCount: Int
  }

  let byteCount: UInt64
  let dataOffset: UInt64
  let alignment: Int
  let tensors: [Tensor]

  init(_ plan: ConversionPlan) {
    byteCount = plan.byteCount
    dataOffset = plan.header.dataOffset
    alignment = plan.header.alignment
    tensors = plan.tensors.map {
      Tensor(
        source: $0.sourceName, sourceType: $0.sourceType, sourceShape: $0.sourceShape, name: $0.name,
        dimensions: $0.dimensions, encoding: $0.encoding.name, transform: $0.transform.rawValue,
        reason: $0.reason.code.rawValue, why: $0.reason.description, byteCount: $0.byteCount)
    }
  }

  func show(asJSON: Bool) throws {
    if asJSON { return print(try JSONText.of(self)) }
    var table = Table(
      ("tensor", .left), ("from", .left), ("shape", .left), ("to", .left), ("size", .right), ("why", .left))
    for tensor in tensors {
      let name = tensor.source == tensor.name ? tensor.name : "\(tensor.source) → \(tensor.name)"
      table.append(
        name, tensor.sourceType, Format.shape(tensor.sourceShape), tensor.encoding,
        Format.bytes(tensor.byteCount), tensor.why)
    }
    table.show()
    print(
      "\n\(Format.count(tensors.count)) tensors, \(Format.bytes(byteCount)); nothing was written (--dry-run)")
  }
}
