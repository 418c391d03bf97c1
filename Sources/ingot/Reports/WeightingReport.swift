import IngotConversion

/// The weighted error of all tensors that an importance matrix has weights for.
struct WeightingReport: Encodable {
  /// The tensors that the matrix has weights for.
  let entries: Int
  /// The tensors that were compared with these weights.
  let weighted: Int
  /// The tensors that hold real numbers and have no weights, so that the total leaves them out.
  let unweighted: [String]
  let total: ComparisonSummary.WeightedErrors

  /// `nil` if the comparison had no importance matrix.
  init?(_ report: ComparisonReport, entryCount: Int) {
    guard let error = report.weightedTotal else { return nil }
    entries = entryCount
    weighted = report.tensors.count { $0.weightedError != nil }
    unweighted = report.unweighted
    total = ComparisonSummary.WeightedErrors(error)
  }

  func show() {
    print(
      "weighted by the importance matrix: \(Format.count(weighted, "tensor")), of \(Format.count(entries)) that it has weights for"
    )
    guard !unweighted.isEmpty else { return }
    print("not in the weighted total, since it has no weights for them: \(Format.names(unweighted))")
  }
}
