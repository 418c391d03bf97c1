import Synchronization

/// How the quantized weights that were read last are made, so that it is not found again for each range of a tensor.
///
/// The threads of a conversion read few tensors at a time, so few are kept, whatever the size of the checkpoint.
final class RecentWeights: Sendable {
  private typealias Kept = (place: Int, weights: any QuantizedWeights)
  private let kept = Mutex<[Kept?]>(Array(repeating: nil, count: RecentWeights.count))

  /// The most that are kept: one for each remainder of a place.
  private static let count = 64

  /// The weights whose codes are at a place, if they are kept.
  func weights(at place: Int) -> (any QuantizedWeights)? {
    kept.withLock { kept in
      guard let found = kept[place % Self.count], found.place == place else { return nil }
      return found.weights
    }
  }

  /// Keeps weights instead of others.
  func keep(_ weights: any QuantizedWeights, at place: Int) {
    kept.withLock { $0[place % Self.count] = (place, weights) }
  }
}
