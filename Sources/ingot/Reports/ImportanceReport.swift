import IngotConversion

/// What became of an importance matrix: which tensors it weighted.
struct ImportanceReport: Encodable {
  /// The tensors that the matrix has weights for.
  let entries: Int
  /// The tensors that were quantized by these weights.
  let weighted: Int
  /// The tensors that were quantized without weights, by their names in the checkpoint.
  let unweighted: [String]

  /// `nil` if the plan has no importance matrix.
  init?(_ plan: ConversionPlan) {
    guard let importance = plan.importance else { return nil }
    let quantized = plan.tensors.filter(\.isQuantized)
    entries = importance.entries.count
    weighted = quantized.count { $0.importance != nil }
    unweighted = quantized.filter { $0.importance == nil }.map(\.sourceName)
  }

  func show() {
    print(
      "  importance: \(Format.count(weighted, "tensor")) weighted, of \(entries) that the matrix has weights for"
    )
    guard !unweighted.isEmpty else { return }
    print("  quantized with equal weights, since it has none for them: \(Format.names(unweighted))")
  }
}
