import IngotCheckpoints
import IngotEncodings

/// The tensors of a reference that are compared, each with the one that is held against it.
///
/// It is compact: beside the tables of the two checkpoints, which it shares, a pair takes 8 bytes.
struct TensorPairs: Sendable {
  private struct Places: Sendable {
    let reference: UInt32
    let other: UInt32
  }

  private let reference: RestoredTensors
  private let other: RestoredTensors
  private var places: [Places] = []
  /// The weights for each pair; none without an importance matrix.
  private var weights: [ImportanceMatrix.Entry?] = []

  init(_ reference: RestoredTensors, _ other: RestoredTensors) {
    self.reference = reference
    self.other = other
  }

  /// Pairs two tensors of the same value shape, and finds their weights.
  ///
  /// - Throws: ``ConversionError`` `IMPORTANCE` where the matrix has weights for the tensor that do not fit it.
  mutating func append(
    _ place: Int, _ found: Int, importance: ImportanceMatrix?
  ) throws(ConversionError) {
    places.append(Places(reference: UInt32(place), other: UInt32(found)))
    if let importance {
      weights.append(nil)
      weights[count - 1] = try self[count - 1].weights(in: importance)
    }
  }

  /// Whether there is an importance matrix.
  var hasWeights: Bool { !weights.isEmpty }

  /// The number of values of each tensor of a pair.
  func elementCount(at position: Int) -> Int { reference.valueCount(at: Int(places[position].reference)) }

  /// The stored bytes of the tensors of the reference.
  var referenceByteCount: UInt64 {
    Checked.clampedSum(places.lazy.map { UInt64(reference.stored.byteCount(at: Int($0.reference))) })
  }
}

extension TensorPairs: RandomAccessCollection {
  var startIndex: Int { 0 }
  var endIndex: Int { places.count }

  subscript(position: Int) -> TensorPair {
    let place = places[position]
    return TensorPair(
      restored: reference[Int(place.reference)], other: other.stored[Int(place.other)],
      importance: weights.isEmpty ? nil : weights[position])
  }
}
