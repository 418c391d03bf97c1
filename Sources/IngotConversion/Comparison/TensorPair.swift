import IngotCheckpoints
import IngotEncodings

/// A tensor of the reference and the one that is held against it.
struct TensorPair: Sendable {
  /// The tensor of the reference, as it was before a conversion changed it.
  let restored: RestoredTensors.Tensor
  /// The tensor of the other file.
  let other: CheckpointTensor
  /// The dimensions in a container, fastest first.
  let dimensions: [Int]
  /// The weights of the errors, if there are any for the tensor.
  let importance: ImportanceMatrix.Entry?

  /// Pairs two tensors of the same value shape, and finds their weights.
  ///
  /// - Throws: ``ConversionError`` `IMPORTANCE` where the matrix has weights for the tensor that do not fit it.
  init(
    _ restored: RestoredTensors.Tensor, _ other: CheckpointTensor, importance: ImportanceMatrix?
  ) throws(ConversionError) {
    self.restored = restored
    self.other = other
    // Of no elements the dimensions can overflow when they are folded; then there is nothing to weight.
    dimensions = GenericShape.dimensions(restored.shape, parts: restored.valuesPerElement) ?? [0]
    self.importance =
      Self.isReal(restored.stored.type)
      ? try importance?.entry(
        ofTensor: [restored.name, restored.stored.name, other.name], dimensions: dimensions) : nil
  }

  var name: String { restored.name }
  var reference: CheckpointTensor { restored.stored }
  var elementCount: Int { restored.valueCount }

  /// Whether the values count in totals.
  ///
  /// Integers are positions and labels: their size says nothing of the weights.
  var isReal: Bool { Self.isReal(reference.type) }

  private static func isReal(_ type: ElementType) -> Bool { type.kind == .float || type.kind == .blocks }

  /// What was found of the pair.
  func comparison(
    _ total: ErrorMeasure, _ worst: TensorComparison.WorstRow?, _ weighted: WeightedError
  ) -> TensorComparison {
    TensorComparison(
      name: name, referenceType: reference.type.name, otherType: other.type.name, shape: restored.shape,
      measure: total, worstRow: worst, importance: importance?.name,
      weightedError: importance == nil ? nil : weighted)
  }
}
