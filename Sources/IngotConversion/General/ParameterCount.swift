/// How many values the tensors of a model have, and how many of them belong to experts.
///
/// Specification: `spec/metadata.md`, clause M12.
package struct ParameterCount: Sendable, Hashable {
  /// The values of all tensors.
  package var total: Int
  /// The values of tensors that are not split into experts.
  package var shared: Int
  /// The values of a single expert.
  package var expert: Int
  /// The number of experts; 0 for a model without any.
  package var experts: Int

  /// States the numbers.
  package init(total: Int, shared: Int, expert: Int = 0, experts: Int = 0) {
    self.total = total
    self.shared = shared
    self.expert = expert
    self.experts = experts
  }
}

extension ParameterCount {
  /// Counts the values of tensors.
  ///
  /// - Parameter tensors: Of each tensor its name in the output, the number of its values, and its dimensions there,
  ///   the fastest first.
  package init(of tensors: some Sequence<(name: String, elements: Int, dimensions: [Int])>) {
    self.init(total: 0, shared: 0)
    var expertsOfAll = 0
    var expertTensors = 0
    for (name, elements, dimensions) in tensors {
      total = total.addingWithoutOverflow(elements)
      guard name.isNameOfExperts, dimensions.count >= 3 else {
        shared = shared.addingWithoutOverflow(elements)
        continue
      }
      let count = max(dimensions[name.isNameOfBias ? 1 : 2], 1)
      expert = expert.addingWithoutOverflow(elements / count)
      expertsOfAll = expertsOfAll.addingWithoutOverflow(count)
      expertTensors += 1
    }
    experts = expertTensors == 0 ? 0 : expertsOfAll / expertTensors
  }
}

extension String {
  fileprivate var isNameOfExperts: Bool { holds("_exps.") }
  fileprivate var isNameOfBias: Bool { holds(".bias") }

  private func holds(_ part: StaticString) -> Bool {
    let part = part.withUTF8Buffer { [UInt8]($0) }
    return utf8.indices.contains { utf8[$0...].starts(with: part) }
  }
}

extension Int {
  /// The sum, or the largest number where that does not fit: the counts only make a label.
  fileprivate func addingWithoutOverflow(_ other: Int) -> Int {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? .max : sum
  }
}
