import IngotCheckpoints
import IngotContainer
import IngotConversion
import IngotEncodings
import SystemPackage

/// What `ingot convert` says when it is done.
struct ConversionSummary: Encodable {
  /// The tensors of one encoding.
  struct Group: Encodable {
    let encoding: String
    var tensors = 0
    var values = 0
    var byteCount = 0
    /// Bits per weight.
    var bitsPerWeight: Double { values == 0 ? 0 : Double(byteCount) * 8 / Double(values) }

    private enum CodingKeys: String, CodingKey { case encoding, tensors, values, byteCount }

    init(encoding: String) { self.encoding = encoding }

    /// Sums stop at the largest Int: headers of sparse files can state more than it holds.
    mutating func add(_ values: Int, _ byteCount: Int) {
      tensors += 1
      self.values = Checked.clampedSum([self.values, values])
      self.byteCount = Checked.clampedSum([self.byteCount, byteCount])
    }
  }

  /// A file of a split set.
  struct Part: Encodable {
    let output: String
    let byteCount: UInt64
  }

  /// The path of the file, or of the first one.
  let output: String
  /// The files that were written, if they are of a split set.
  let parts: [Part]?
  /// The family that the model was converted as, if it was.
  let family: String?
  let byteCount: UInt64
  let sourceByteCount: UInt64
  let tensors: Int
  let values: Int
  let bitsPerWeight: Double
  let seconds: Double
  let encodings: [Group]
  /// Tensors that did not get the encoding that was asked for, since their rows do not divide.
  let fallbacks: Int
  /// What became of the importance matrix, if there is one.
  let importance: ImportanceReport?
  /// What became of the second moments, if there are any.
  let secondMoments: SecondMomentReport?

  init(_ plan: ConversionPlan, source: any Checkpoint, report: ConversionReport) {
    output = report.outputs.first?.path.string ?? ""
    let isSet = report.outputs.count > 1 || plan.position != nil
    parts = isSet ? report.outputs.map { Part(output: $0.path.string, byteCount: $0.byteCount) } : nil
    family = plan.family
    byteCount = report.byteCount
    sourceByteCount = Checked.clampedSum(source.sourceFiles.map(\.byteCount))
    tensors = plan.tensors.count
    encodings = Self.groups(plan.tensors.lazy.map { ($0.encoding.name, $0.elementCount, $0.byteCount) })
    values = Checked.clampedSum(encodings.map(\.values))
    let tensorByteCount = Checked.clampedSum(encodings.map(\.byteCount))
    bitsPerWeight = values == 0 ? 0 : Double(tensorByteCount) * 8 / Double(values)
    let time = report.duration.components
    seconds = Double(time.seconds) + Double(time.attoseconds) * 1e-18
    fallbacks = plan.tensors.count { $0.reason.code == .fallback }
    importance = ImportanceReport(plan)
    secondMoments = SecondMomentReport(plan, report.feedback)
  }

  func show(asJSON: Bool) throws {
    if asJSON { return print(try JSONText.of(self)) }
    let share = Double(byteCount) / Double(max(sourceByteCount, 1))
    let others = parts.map { $0.count > 1 ? " and \(Format.count($0.count - 1, "more file"))" : "" } ?? ""
    print(
      "\(output.escaped)\(others): \(Format.bytes(byteCount)), \(Format.fixed(share * 100, 1)) % of \(Format.bytes(sourceByteCount)); "
        + "\(Format.count(tensors, "tensor")), \(Format.fixed(bitsPerWeight, 2)) bits per weight; "
        + "\(Format.duration(.seconds(seconds)))" + (family.map { "; as \($0)" } ?? ""))
    Self.show(encodings)
    if fallbacks > 0 {
      print(
        "  \(Format.count(fallbacks, "tensor")) with rows that do not divide into blocks got a fallback: see --dry-run"
      )
    }
    importance?.show()
    secondMoments?.show()
  }

  /// Tensors by encoding, the largest share first.
  static func groups(_ tensors: some Sequence<(encoding: String, values: Int, byteCount: Int)>) -> [Group] {
    var groups: [String: Group] = [:]
    for tensor in tensors {
      groups[tensor.encoding, default: Group(encoding: tensor.encoding)].add(tensor.values, tensor.byteCount)
    }
    return groups.values.sorted { ($0.byteCount, $0.encoding) > ($1.byteCount, $1.encoding) }
  }

  static func show(_ groups: [Group]) {
    var table = Table(
      ("encoding", .left), ("tensors", .right), ("values", .right), ("size", .right),
      ("bits per weight", .right))
    for group in groups {
      table.append(
        group.encoding, Format.count(group.tensors), Format.count(group.values),
        Format.bytes(group.byteCount),
        Format.fixed(group.bitsPerWeight, 2))
    }
    table.show(indent: 2)
  }
}
