import IngotCheckpoints

/// Consecutive values of one pair of tensors.
struct Stretch: Sendable {
  /// The position of the pair.
  let pair: Int
  /// The values, cut where blocks begin.
  let elements: Range<Int>

  /// The stretch's share of a tensor's bytes.
  func byteCount(of tensor: CheckpointTensor, elementCount: Int) -> UInt64 {
    UInt64(Double(tensor.byteCount) * Double(elements.count) / Double(max(elementCount, 1)))
  }
}

/// Cuts tensors into stretches that stay in the cache of a core.
struct Stretches: Sequence, IteratorProtocol {
  private let pairs: TensorPairs
  private var pair = 0
  private var element = 0

  init(_ pairs: TensorPairs) { self.pairs = pairs }

  mutating func next() -> Stretch? {
    guard pair < pairs.count else { return nil }
    let count = pairs.elementCount(at: pair)
    let end = Swift.min(element + WorkUnits.elementLimit, count)
    let stretch = Stretch(pair: pair, elements: element..<end)
    element = end
    if end == count {
      pair += 1
      element = 0
    }
    return stretch
  }
}
