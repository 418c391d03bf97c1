import IngotConversion

/// What became of second moments: for which tensors errors made up for each other, and how much that gave.
struct SecondMomentReport: Encodable {
  /// A tensor that was quantized with second moments.
  struct Tensor: Encodable {
    let name: String
    let encoding: String
    let rows: Int
    let compensatedRows: Int
    let plainError: Double
    let error: Double
    /// The share of the error that feedback took away.
    let reduction: Double

    init(_ feedback: TensorFeedback) {
      name = feedback.name
      encoding = feedback.encoding.name
      rows = feedback.measure.rows
      compensatedRows = feedback.measure.compensatedRows
      plainError = feedback.measure.plainError
      error = feedback.measure.error
      reduction = feedback.measure.reduction
    }
  }

  /// The tensors that the file has moments for.
  let entries: Int
  /// The number of tensors that are quantized with them.
  let used: Int
  /// What they did for each; empty before it is done.
  let tensors: [Tensor]
  /// The tensors that were quantized without, by their names in the checkpoint.
  let without: [String]

  /// `nil` if the plan has no second moments.
  init?(_ plan: ConversionPlan, _ feedback: [TensorFeedback] = []) {
    guard let moments = plan.secondMoments else { return nil }
    entries = moments.entries.count
    used = plan.tensors.count { $0.secondMoments != nil }
    tensors = feedback.map(Tensor.init)
    without = plan.tensors.filter { $0.isQuantized && $0.secondMoments == nil }.map(\.sourceName)
  }

  func show() {
    print("  second moments: \(Format.count(used, "tensor")), of \(entries) that the file has some for")
    if !tensors.isEmpty {
      var table = Table(
        ("tensor", .left), ("encoding", .left), ("rows with feedback", .right), ("error falls by", .right))
      for tensor in tensors {
        table.append(
          tensor.name, tensor.encoding, "\(tensor.compensatedRows) of \(tensor.rows)",
          "\(Format.fixed(tensor.reduction * 100, 1)) %")
      }
      table.show(indent: 2)
    }
    guard !without.isEmpty else { return }
    let shown = without.prefix(3).map(\.escaped).joined(separator: ", ")
    let rest = without.count > 3 ? " and \(without.count - 3) more" : ""
    print("  quantized without, since it has none for them: \(shown)\(rest)")
  }
}
