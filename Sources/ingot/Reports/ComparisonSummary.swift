import IngotCheckpoints
import IngotContainer
import IngotConversion
import IngotEncodings

/// What `ingot compare` says of two files.
struct ComparisonSummary: Encodable {
  struct Tensor: Encodable {
    let name: String
    let referenceType: String
    let otherType: String
    let shape: [Int]
    let errors: Errors
    /// The name of the importance matrix' entry for the tensor.
    let importance: String?
    let weightedErrors: WeightedErrors?
    let worstRow: Int?
    let worstRowRelativeError: Double?
  }

  struct ShapeDifference: Encodable {
    let name: String
    let reference: [Int]
    let other: [Int]
  }

  let tensors: LongList<LazyMapCollection<ComparedTensors, Tensor>>
  let total: Errors
  /// What the importance matrix says, if there is one.
  let importance: WeightingReport?
  /// How many errors there are of each size, if that was asked for.
  let histogram: HistogramReport?
  let differentShapes: [ShapeDifference]
  let onlyInReference: [String]
  let onlyInOther: [String]
  let notDecodable: [String]

  /// The tensors in which nothing differs.
  private let equal: Int

  private enum CodingKeys: String, CodingKey {
    case tensors, total, importance, histogram, differentShapes, onlyInReference, onlyInOther, notDecodable
  }

  init(_ report: ComparisonReport, importance matrix: ImportanceMatrix? = nil) {
    tensors = LongList(
      report.tensors.lazy.map {
        Tensor(
          name: $0.name, referenceType: $0.referenceType, otherType: $0.otherType, shape: $0.shape,
          errors: Errors($0.measure), importance: $0.importance,
          weightedErrors: $0.weightedError.map(WeightedErrors.init), worstRow: $0.worstRow?.index,
          worstRowRelativeError: $0.worstRow?.relativeError)
      })
    equal = report.tensors.indices.count { Errors(report.tensors.measure(at: $0)).isZero }
    total = Errors(report.total)
    importance = matrix.flatMap { WeightingReport(report, entryCount: $0.entries.count) }
    histogram = report.histogram.map(HistogramReport.init)
    differentShapes = report.differentShapes.map {
      ShapeDifference(name: $0.name, reference: $0.reference, other: $0.other)
    }
    onlyInReference = report.onlyInReference
    onlyInOther = report.onlyInOther
    notDecodable = report.notDecodable
  }

  func show(asJSON: Bool) throws {
    if asJSON { return try JSONText.print(self, listing: tensors, as: "tensors") }
    var columns: [(String, Table.Alignment)] = [
      ("tensor", .left), ("types", .left), ("rms error", .right), ("relative", .right), ("SNR dB", .right),
      ("cosine", .right), ("largest", .right), ("worst row", .right),
    ]
    if importance != nil { columns.insert(contentsOf: [("weighted", .right), ("SNR dB", .right)], at: 5) }
    let count = tensors.elements.count
    // What differs, and the total after it.
    let rows = (0...count).lazy.compactMap { index in
      index < count
        ? cells(tensors.elements[index]) : cells("all real numbers", "", total, importance?.total, "")
    }
    Table(columns, expendable: ["cosine", "rms error", "largest"], rows: rows).show()
    if equal > 0 {
      print("\(Format.count(equal)) of \(Format.count(count, "tensor")): equal values")
    }
    for difference in differentShapes {
      print(
        "\(difference.name.escaped): shapes differ, \(Format.shape(difference.reference)) and \(Format.shape(difference.other))"
      )
    }
    list("not decodable in this release", notDecodable)
    list("only in the reference", onlyInReference)
    list("only in the other file", onlyInOther)
    importance?.show()
    histogram?.show()
  }

  /// The row of a tensor; `nil` where nothing differs.
  private func cells(_ tensor: Tensor) -> [String]? {
    guard !tensor.errors.isZero else { return nil }
    let worst = tensor.worstRow.flatMap { row in
      tensor.worstRowRelativeError.map { "\(row): \(Format.percent($0))" }
    }
    return cells(
      tensor.name, "\(tensor.referenceType) ~ \(tensor.otherType)", tensor.errors, tensor.weightedErrors,
      worst ?? "")
  }

  private func cells(
    _ name: String, _ types: String, _ errors: Errors, _ weighted: WeightedErrors?, _ worst: String
  ) -> [String] {
    let weighting = importance == nil ? [] : weighted?.cells(isExact: errors.isZero) ?? ["", ""]
    return [
      name, types, Format.measure(errors.rootMeanSquareError), Format.percent(errors.relativeError),
      errors.decibels,
    ] + weighting + [
      Format.fixed(errors.cosineSimilarity, 6), Format.measure(errors.largestAbsoluteError), worst,
    ]
  }

  private func list(_ title: String, _ names: [String]) {
    guard !names.isEmpty else { return }
    print("\(title): \(names.count)")
    for name in names.prefix(20) { print("  \(name.escaped)") }
    if names.count > 20 { print("  … and \(names.count - 20) more") }
  }
}
