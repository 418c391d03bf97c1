import IngotEncodings

/// What was found of the tensors that two checkpoints both hold with the same shape, in the reference's order.
///
/// It is compact: a tensor takes some 90 bytes, and a ``TensorComparison`` is made when it is asked for.
public struct ComparedTensors: Sendable {
  /// What was measured of a pair: 80 bytes.
  private struct Found: Sendable {
    let measure: ErrorMeasure
    /// The row that differs most; a negative number where there is none.
    let worstRow: Int
    let worstRowError: Double
  }

  private let pairs: TensorPairs
  private var found: [Found] = []
  /// The weighted errors; none where no pair has weights.
  private var weighted: [WeightedError] = []

  init(of pairs: TensorPairs) { self.pairs = pairs }

  /// Adds what was found of the next pair.
  mutating func append(
    _ measure: ErrorMeasure, _ worst: TensorComparison.WorstRow?, _ error: WeightedError
  ) {
    if found.isEmpty { found.reserveCapacity(pairs.count) }
    found.append(
      Found(measure: measure, worstRow: worst?.index ?? -1, worstRowError: worst?.relativeError ?? 0))
    if pairs.hasWeights { weighted.append(error) }
  }
}

extension ComparedTensors: RandomAccessCollection {
  /// Zero.
  public var startIndex: Int { 0 }
  /// The number of tensors.
  public var endIndex: Int { found.count }

  /// What was found of the tensor at a place.
  ///
  /// - Precondition: `position` is less than `count`.
  /// - Complexity: O(*n*) in the bytes of the name.
  public subscript(position: Int) -> TensorComparison {
    let (pair, found) = (pairs[position], found[position])
    return TensorComparison(
      name: pair.name, referenceType: pair.reference.type.name, otherType: pair.other.type.name,
      shape: pair.restored.shape, measure: found.measure,
      worstRow: found.worstRow < 0
        ? nil : TensorComparison.WorstRow(index: found.worstRow, relativeError: found.worstRowError),
      importance: pair.importance?.name, weightedError: pair.importance == nil ? nil : weighted[position])
  }

  /// The error over all values of the tensor at a place.
  public func measure(at position: Int) -> ErrorMeasure { found[position].measure }
}
