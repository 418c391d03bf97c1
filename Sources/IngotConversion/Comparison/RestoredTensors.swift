import IngotCheckpoints
import IngotContainer
import IngotEncodings

/// The tensors of a checkpoint under the names and shapes that they had before a conversion changed them.
///
/// It is compact: beside the table of the checkpoint, which it shares, it holds what was changed.
struct RestoredTensors: Sendable {
  struct Tensor: Sendable {
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

  /// The tensors as they are stored, in the same order.
  let stored: CheckpointTensors
  private var originals = OriginalTensors.Entries()
  /// The place among the originals of each tensor, counted from 1; 0 of one that was not changed, none where no tensor was.
  private var places: [UInt32] = []
  /// The names of what was changed, and the places of these tensors.
  private var names = NameTable()
  private var changed: [UInt32] = []

  init(_ checkpoint: any Checkpoint) {
    stored = checkpoint.tensors
    guard checkpoint.format == .gguf else { return }
    originals = OriginalTensors(checkpoint.metadata).entries
    guard !originals.isEmpty else { return }
    places = [UInt32](repeating: 0, count: stored.count)
    for (number, original) in originals.enumerated() {
      if let place = stored.index(of: original.stored) { places[place] = UInt32(number + 1) }
    }
    for place in stored.indices {
      guard let original = original(at: place) else { continue }
      names.append(original.name)
      changed.append(UInt32(place))
    }
  }

  /// The place of the tensor with this name, compared byte by byte; of several, the last.
  func index(of name: String) -> Int? {
    let restored = names.index(of: name).map { Int(changed[$0]) }
    guard let place = stored.index(of: name), original(at: place) == nil else { return restored }
    return Swift.max(place, restored ?? place)
  }

  /// The tensor that is stored under this name.
  func tensor(storedAs name: String) -> Tensor? { stored.index(of: name).map { self[$0] } }

  /// The tensor with this name, compared byte by byte.
  func tensor(named name: String) -> Tensor? { index(of: name).map { self[$0] } }
}

extension RestoredTensors: RandomAccessCollection {
  var startIndex: Int { 0 }
  var endIndex: Int { stored.count }

  /// The tensor at a place, in the order of the checkpoint.
  subscript(place: Int) -> Tensor {
    let tensor = stored[place]
    guard let original = original(at: place) else {
      return Tensor(
        name: tensor.name, shape: tensor.shape, valuesPerElement: tensor.type.valuesPerElement,
        stored: tensor)
    }
    return Tensor(
      name: original.name, shape: original.shape, valuesPerElement: original.valuesPerElement, stored: tensor)
  }

  /// Whether any tensor was changed.
  var isChanged: Bool { !changed.isEmpty }

  /// The name of the tensor at a place.
  func name(at place: Int) -> String { original(at: place)?.name ?? stored.name(at: place) }

  /// The shape of the tensor at a place, slowest dimension first.
  func shape(at place: Int) -> [Int] { original(at: place)?.shape ?? stored[place].shape }

  /// The number of elements of that shape.
  func elementCount(at place: Int) -> Int {
    original(at: place)?.shape.reduce(1, *) ?? stored.elementCount(at: place)
  }

  /// The number of values of the tensor at a place.
  func valueCount(at place: Int) -> Int {
    stored.elementCount(at: place) * stored.type(at: place).valuesPerElement
  }

  /// What the container says that an element was before the conversion, whatever it says of the shape.
  func originalType(at place: Int) -> ElementType? {
    guard !places.isEmpty, places[place] > 0 else { return nil }
    return ElementType(name: originals.type(at: Int(places[place]) - 1))
  }

  /// What the tensor at a place was, if that has as many numbers: metadata from a file may say anything.
  private func original(at place: Int) -> OriginalTensors.Entry? {
    guard !places.isEmpty, places[place] > 0 else { return nil }
    let original = originals[Int(places[place]) - 1]
    let count = Checked.product(of: original.shape + [original.valuesPerElement])
    return count == stored.elementCount(at: place) ? original : nil
  }
}
