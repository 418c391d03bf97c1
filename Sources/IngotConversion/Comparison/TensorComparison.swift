import IngotEncodings

/// How far the values of one tensor in a file are from those of a reference.
public struct TensorComparison: Sendable {
  /// The row that differs most.
  public struct WorstRow: Sendable, Hashable {
    /// The position of the row, from 0.
    public let index: Int
    /// Its error: root mean square of the difference over root mean square of the reference.
    public let relativeError: Double
  }

  /// The tensor's name in the reference.
  public let name: String
  /// The element type or encoding in the reference.
  public let referenceType: String
  /// The element type or encoding in the other file.
  public let otherType: String
  /// The shape in the reference, slowest dimension first.
  public let shape: [Int]
  /// The error over all values.
  public let measure: ErrorMeasure
  /// The row with the largest relative error, the first of them; `nil` for an empty tensor.
  public let worstRow: WorstRow?
  /// The name of the importance matrix' entry that weights the error, if there is one.
  public let importance: String?
  /// The error as the entry weights it, if there is one.
  public let weightedError: WeightedError?
}

/// What a comparison of two checkpoints found.
public struct ComparisonReport: Sendable {
  /// The tensors that both hold with the same shape, in the reference's order.
  public internal(set) var tensors: ComparedTensors
  /// The error over the values of those of these tensors that hold real numbers in the reference.
  public internal(set) var total = ErrorMeasure()
  /// The error over the values of those of these that have weights; `nil` without an importance matrix.
  public internal(set) var weightedTotal: WeightedError?
  /// Tensors that hold real numbers in the reference and have no weights in the importance matrix.
  public internal(set) var unweighted: [String] = []
  /// The values of ``total`` by the size of their error, if that was asked for.
  public internal(set) var histogram: ErrorHistogram?
  /// Tensors whose shapes differ, with both shapes.
  public internal(set) var differentShapes: [(name: String, reference: [Int], other: [Int])] = []
  /// Tensors that only the reference holds.
  public internal(set) var onlyInReference: [String] = []
  /// Tensors that only the other file holds.
  public internal(set) var onlyInOther: [String] = []
  /// Tensors that one of the two stores in an encoding without a decoder in this release.
  public internal(set) var notDecodable: [String] = []
}
