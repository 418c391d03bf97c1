/// Where the values are of tensors whose bytes are not those of a file, by the places of the tensors: 44 bytes for each.
struct ONNXValueTable: Sendable {
  /// The places, in ascending order.
  private var places: [UInt32] = []
  private var values: [ONNXValues] = []

  /// The values of the tensor at a place, or `nil` if its bytes are those of the file.
  ///
  /// - Complexity: O(log *n*).
  subscript(place: Int) -> ONNXValues? {
    places.sortedIndex(of: UInt32(place), by: \.self).map { values[$0] }
  }

  /// Adds the values of a tensor.
  ///
  /// - Precondition: Its place is after those of all others, and one that a table of tensors can have.
  mutating func append(_ values: ONNXValues, at place: Int) {
    places.append(UInt32(place))
    self.values.append(values)
  }

  /// Follows tensors that were put in another order.
  ///
  /// - Parameter order: For each place the place that its tensor had before.
  mutating func reorder(by order: [Int]) {
    if places.isEmpty { return }
    var sorted = ONNXValueTable()
    for (new, old) in order.enumerated() {
      if let values = self[old] { sorted.append(values, at: new) }
    }
    self = sorted
  }
}
