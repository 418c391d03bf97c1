import IngotContainer

extension OriginalTensors {
  /// Tensors that had to change.
  ///
  /// It is compact: an ``Entry`` takes its texts and 32 bytes, and is made when it is asked for.
  public struct Entries: Sendable, Hashable {
    /// Of each entry the stored name, the name, the type and the shape.
    private var texts = TextList()

    mutating func append(_ entry: Entry) {
      texts.append(entry.stored)
      texts.append(entry.name)
      texts.append(entry.type)
      texts.append(OriginalTensors.text(entry.shape))
    }
  }
}

extension OriginalTensors.Entries: RandomAccessCollection {
  /// Zero.
  public var startIndex: Int { 0 }
  /// The number of tensors.
  public var endIndex: Int { texts.count / 4 }

  /// The tensor at a place.
  ///
  /// - Precondition: `position` is less than `count`.
  /// - Complexity: O(*n*) in the bytes of its texts.
  public subscript(position: Int) -> OriginalTensors.Entry {
    OriginalTensors.Entry(
      stored: texts[4 * position], name: texts[4 * position + 1], type: texts[4 * position + 2],
      shape: OriginalTensors.shape(texts[4 * position + 3]) ?? [])
  }

  /// The element type in the checkpoint of the tensor at a place.
  func type(at position: Int) -> String { texts[4 * position + 2] }
}
