import IngotCheckpoints
import IngotEncodings

/// A tensor of the reference and the one that is held against it.
struct TensorPair: Sendable {
  /// The tensor of the reference, as it was before a conversion changed it.
  let restored: RestoredTensors.Tensor
  /// The tensor of the other file.
  let other: CheckpointTensor
  /// The weights of the errors, if there are any for the tensor.
  let importance: ImportanceMatrix.Entry?

  /// The dimensions in a container, fastest first.
  var dimensions: [Int] {
    // Of no elements the dimensions can overflow when they are folded; then there is nothing to weight.
    GenericShape.dimensions(restored.shape, parts: restored.valuesPerElement) ?? [0]
  }

  /// The weights that a matrix has for the tensor.
  ///
  /// - Throws: ``ConversionError`` `IMPORTANCE` where they do not fit it.
  func weights(in matrix: ImportanceMatrix) throws(ConversionError) -> ImportanceMatrix.Entry? {
    guard isReal else { return nil }
    return try matrix.entry(
      ofTensor: [restored.name, restored.stored.name, other.name], dimensions: dimensions)
  }

  var name: String { restored.name }
  var reference: CheckpointTensor { restored.stored }
  var elementCount: Int { restored.valueCount }

  /// Whether the values count in totals.
  ///
  /// Integers are positions and labels: their size says nothing of the weights.
  var isReal: Bool { reference.type.kind == .float || reference.type.kind == .blocks }
}
