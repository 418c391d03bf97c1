import IngotCheckpoints
import IngotContainer
import IngotEncodings

/// The tensors of a checkpoint under the names and shapes that they had before a conversion changed them.
struct RestoredTensors {
  struct Tensor {
    let name: String
    /// Slowest dimension first.
    let shape: [Int]
    /// The numbers that an element of the shape is: 2 for a complex one, else 1.
    let valuesPerElement: Int
    let stored: CheckpointTensor

    /// The shape of the values: a complex number is a dimension of 2.
    ///
    /// Tensors whose value shapes are the same have as many values, whatever their files say of their types.
    var valueShape: [Int] { valuesPerElement == 1 ? shape : shape + [valuesPerElement] }
    /// The number of values in a row of the shape.
    var rowLength: Int { (shape.last ?? 1) * valuesPerElement }
    /// The number of values.
    var valueCount: Int { stored.elementCount * stored.type.valuesPerElement }
  }

  /// In the order of the checkpoint.
  let tensors: [Tensor]
  private let stored: CheckpointTensors
  private let positions: [ExactName: Int]

  init(_ checkpoint: any Checkpoint) {
    var originals: [ExactName: OriginalTensors.Entry] = [:]
    if checkpoint.format == .gguf {
      for entry in OriginalTensors(checkpoint.metadata).entries { originals[ExactName(entry.stored)] = entry }
    }
    stored = checkpoint.tensors
    tensors = stored.map { tensor in
      guard let original = originals[ExactName(tensor.name)], Self.agrees(original, with: tensor) else {
        return Tensor(
          name: tensor.name, shape: tensor.shape, valuesPerElement: tensor.type.valuesPerElement,
          stored: tensor)
      }
      return Tensor(
        name: original.name, shape: original.shape, valuesPerElement: original.valuesPerElement,
        stored: tensor)
    }
    var positions: [ExactName: Int] = [:]
    for (index, tensor) in tensors.enumerated() { positions[ExactName(tensor.name)] = index }
    self.positions = positions
  }

  /// Whether the original has as many numbers as what is stored; metadata from a file may say anything.
  private static func agrees(_ original: OriginalTensors.Entry, with tensor: CheckpointTensor) -> Bool {
    Checked.product(of: original.shape + [original.valuesPerElement]) == tensor.elementCount
  }

  /// The tensor that is stored under this name.
  func tensor(storedAs name: String) -> Tensor? {
    stored.index(of: name).map { tensors[$0] }
  }

  /// The tensor with this name, compared byte by byte.
  func tensor(named name: String) -> Tensor? {
    positions[ExactName(name)].map { tensors[$0] }
  }
}
