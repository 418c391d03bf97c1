import IngotContainer
import IngotTestSupport

@testable import IngotValidation

extension ReferenceModel {
  /// What the rules about keys and models find in the model, as `rule subject`, sorted.
  func findings() throws -> [String] {
    try verdict().map { "\($0.rule.id) \($0.subject.name)" }.sorted()
  }

  /// What the rules about keys and models find in a file with this metadata and these tensors.
  func verdict() throws -> [Finding] {
    let examination = try examination()
    let judged = JudgedContainer(
      byteCount: 0, examination: examination, isBodyEndKnown: true, isLayoutSound: true)
    var findings: [Finding] = []
    for rule in [KeyKinds.self, KeyWidths.self] as [any ContainerHeaderRule.Type] {
      rule.check(judged) { findings.append($0) }
    }
    return findings + ModelReport.of([examination]).findings.map(\.finding)
  }

  /// The header as a validator reads it from a file.
  func examination() throws -> HeaderExamination {
    let header = try ContainerHeader(
      metadata: metadata, tensors: tensors.map { ($0.name, $0.dimensions, $0.encoding) })
    let bytes = header.encoded()
    return try HeaderExamination(byteCount: header.bodyByteCount, limits: .default) { offset, buffer in
      buffer.copyBytes(from: bytes[Int(offset)...].prefix(buffer.count))
    } report: { fault in
      throwing(fault)
    }
  }

  private func throwing(_ fault: ContainerError) { preconditionFailure("\(fault)") }
}

extension Finding.Subject {
  /// The name that the finding is about; empty for the file.
  var name: String {
    switch self {
    case .file: ""
    case .key(let name), .tensor(let name), .shard(let name): name
    }
  }
}
