import IngotContainer
import IngotConversion
import IngotEncodings

/// What `ingot compare` says of two files.
struct ComparisonSummary: Encodable {
  /// The error of some values.
  struct Errors: Encodable {
    let values: Int
    let rootMeanSquareError: Double
    let relativeError: Double
    let cosineSimilarity: Double
    let largestAbsoluteError: Double
    let nonFinitePairs: Int

    /// Whether every pair of values is equal; NaN equals NaN.
    let isZero: Bool

    private enum CodingKeys: String, CodingKey {
      case values, rootMeanSquareError, relativeError, cosineSimilarity, largestAbsoluteError, nonFinitePairs
    }

    init(_ measure: ErrorMeasure) {
      isZero = measure.largestAbsoluteError == 0 && measure.nonFiniteMismatchCount == 0
      values = measure.count + measure.nonFiniteCount
      rootMeanSquareError = measure.rootMeanSquareError
      relativeError = measure.relativeError
      cosineSimilarity = measure.cosineSimilarity
      largestAbsoluteError = measure.largestAbsoluteError
      nonFinitePairs = measure.nonFiniteCount
    }
  }

  struct Tensor: Encodable {
    let name: String
    let referenceType: String
    let otherType: String
    let shape: [Int]
    let errors: Errors
    let worstRow: Int?
    let worstRowRelativeError: Double?
  }

  struct ShapeDifference: Encodable {
    let name: String
    let reference: [Int]
    let other: [Int]
  }

  let tensors: [Tensor]
  let total: Errors
  let differentShapes: [ShapeDifference]
  let onlyInReference: [String]
  let onlyInOther: [String]
  let notDecodable: [String]

  init(_ report: ComparisonReport) {
    tensors = report.tensors.map {
      Tensor(
        name: $0.name, referenceType: $0.referenceType, otherType: $0.otherType, shape: $0.shape,
        errors: Errors($0.measure), worstRow: $0.worstRow?.index,
        worstRowRelativeError: $0.worstRow?.relativeError)
    }
    total = Errors(report.total)
    differentShapes = report.differentShapes.map {
      ShapeDifference(name: $0.name, reference: $0.reference, other: $0.other)
    }
    onlyInReference = report.onlyInReference
    onlyInOther = report.onlyInOther
    notDecodable = report.notDecodable
  }

  func show(asJSON: Bool) throws {
    if asJSON { return print(try JSONText.of(self)) }
    var table = Table(
      ("tensor", .left), ("types", .left), ("rms error", .right), ("relative", .right), ("cosine", .right),
      ("largest", .right), ("worst row", .right))
    let different = tensors.filter { !$0.errors.isZero }
    for tensor in different {
      let worst = tensor.worstRow.flatMap { row in
        tensor.worstRowRelativeError.map { "\(row): \(Format.percent($0))" }
      }
      append(
        to: &table, tensor.name, "\(tensor.referenceType) ~ \(tensor.otherType)", tensor.errors, worst ?? "")
    }
    append(to: &table, "all real numbers", "", total, "")
    table.show()
    let equal = tensors.count - different.count
    if equal > 0 {
      print("\(Format.count(equal)) of \(Format.count(tensors.count, "tensor")): equal values")
    }
    for difference in differentShapes {
      print(
        "\(difference.name.escaped): shapes differ, \(Format.shape(difference.reference)) and \(Format.shape(difference.other))"
      )
    }
    list("not decodable in this release", notDecodable)
    list("only in the reference", onlyInReference)
    list("only in the other file", onlyInOther)
  }

  private func append(
    to table: inout Table, _ name: String, _ types: String, _ errors: Errors, _ worst: String
  ) {
    table.append(
      name, types, Format.measure(errors.rootMeanSquareError), Format.percent(errors.relativeError),
      Format.fixed(errors.cosineSimilarity, 6), Format.measure(errors.largestAbsoluteError), worst)
  }

  private func list(_ title: String, _ names: [String]) {
    guard !names.isEmpty else { return }
    print("\(title): \(names.count)")
    for name in names.prefix(20) { print("  \(name.escaped)") }
    if names.count > 20 { print("  … and \(names.count - 20) more") }
  }
}
